import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageFacts } from './page-facts.ts'
import { pageText } from './page-text.ts'

const facts = (page: string) => pageFacts(page, 'https://page.test/a/b?c')

test('what a page says in OpenGraph counts before all else it says', async () => {
  assert.deepEqual(
    await facts(`<!doctype html><html><head><title>Title of the window</title>
      <meta name="description" content="For search engines">
      <META PROPERTY="OG:Title" CONTENT="두레 &amp; friends">
      <meta property="og:title" content="another one">
      <meta property="og:description" content=" In  two\n lines ">
      <meta property="og:image" content="../picture.png"><meta property="og:image:alt" content="A picture">
      <meta property="og:url" content="/canonical"><meta property="og:site_name" content="Site">
      <meta property="og:type" content="article"><meta property="og:locale" content="ko_KR">`),
    {
      title: '두레 & friends',
      description: 'In two lines',
      picture: 'https://page.test/picture.png',
      pictureText: 'A picture',
      url: 'https://page.test/canonical',
      siteName: 'Site',
      type: 'article',
      locale: 'ko_KR',
    },
  )
})

test('without OpenGraph there are the title and the description', async () => {
  assert.deepEqual(
    await facts(`<svg><title>Logo</title></svg><title>Own\ntitle</title><title>second</title>
      <script>document.write('<title>script</title>')</script><meta name=description content="About it">`),
    { title: 'Own title', description: 'About it' },
  )
  assert.deepEqual(await facts('no page at all'), {})
  assert.deepEqual(await facts('<!-- <title>hidden</title> --><meta property="og:title"><p>'), {})
})

test('texts are bounded and cannot turn what stands around them', async () => {
  const { title = '', description } = await facts(
    `<title>${'무'.repeat(1000)}</title><meta name="description" content="a\u202etxt.exe\u0000\u0007 b">`,
  )
  assert.equal([...title].length, 300)
  assert.equal(title.at(-1), '…')
  assert.equal(description, 'atxt.exe b')
})

test('addresses that are none of the web are left out', async () => {
  for (const url of [
    'javascript:alert(1)',
    'data:image/png;base64,AA',
    'file:///etc/passwd',
    'http://',
    `/${'x'.repeat(2100)}`,
  ])
    assert.deepEqual(
      await facts(
        `<title>t</title><meta property="og:image" content="${url}"><meta property="og:url" content="${url}">`,
      ),
      { title: 't' },
      url,
    )
})

test('a page of nothing but depth is given up where it is too deep', async () => {
  const { title } = await facts(
    `<title>first</title>${'<b><i>'.repeat(150_000)}<meta property="og:title" content="deep">`,
  )
  assert.equal(title, 'first')
})

test('a page is read in the encoding that it is in', () => {
  const korean = Buffer.from('b5ceb7b9', 'hex')
  const meta = (text: string) => Buffer.concat([Buffer.from(text), korean])
  assert.equal(pageText(korean, 'text/html; charset="EUC-KR"'), '두레')
  assert.equal(pageText(meta('<meta charset=euc-kr>'), 'text/html').slice(-2), '두레')
  assert.equal(
    pageText(
      meta(`<meta http-equiv=Content-Type content='text/html; charset=ks_c_5601-1987'>`),
      'text/html',
    ).slice(-2),
    '두레',
  )
  assert.equal(pageText(Buffer.from('\ufeff두레'), 'text/html; charset=iso-8859-1'), '두레')
  assert.equal(pageText(Buffer.from('\ufeff두레', 'utf16le'), 'text/html'), '두레')
  assert.equal(pageText(Buffer.from('두레'), 'text/html; charset=unheard-of'), '두레')
  assert.equal(pageText(Buffer.from('두레').subarray(0, 5), 'text/html').at(0), '두')
  assert.equal(pageText(Buffer.from('<meta charset=utf-16>두레'), 'text/html').slice(-2), '두레')
  assert.equal(pageText(Buffer.from('caf\xe9 noir', 'latin1'), 'text/html'), 'café noir')
})
