import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpPeer } from '../../server/src/platform/testing/http-peer.ts'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { message, say, talkingPair } from './support/person.ts'
import { landscape } from './support/pictures.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('in an encrypted chat nobody is asked about links until the person wants to see what they lead to', {
  skip,
}, async (t) => {
  const asked: string[] = []
  const picture = await landscape(2)
  const site = await httpPeer(t, ({ url = '' }, answer) => {
    asked.push(url)
    if (url === '/view.png') answer.setHeader('content-type', 'image/png').end(picture)
    else answer.setHeader('content-type', 'text/html; charset=utf-8').end(page)
  })
  const page = `<!doctype html><title>Tides</title>
    <meta property="og:title" content="Tide tables of the bay">
    <meta property="og:description" content="When the water comes, and when it goes.">
    <meta property="og:image" content="${site.url}/view.png">`
  const node = await testNode(t, { DURE_OUTGOING_PRIVATE_NETWORKS: '127.0.0.0/8' })
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)
  await say(mina, `look: ${site.url}/tides`)
  await message(jun, 'look:').waitFor()
  await say(jun, 'and what is it?')
  await message(mina, 'and what is it?').waitFor()
  assert.deepEqual(asked, [])

  await jun.page.locator('header h2 button').click()
  await jun.page.getByRole('switch', { name: 'Previews of links' }).click()
  await jun.page.getByRole('button', { name: 'Close' }).click()
  const preview = message(jun, 'look:').getByRole('link', { name: /Tide tables of the bay/ })
  await preview.getByText('When the water comes, and when it goes.').waitFor()
  await preview.locator('img').waitFor()
  assert.deepEqual(await seriousFindings(jun.page), [])
  assert.deepEqual(asked, ['/tides', '/view.png'])
  assert.equal(
    await message(mina, 'look:')
      .getByRole('link', { name: /Tide tables/ })
      .count(),
    0,
  )
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})
