import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { testApp } from '../testing/app.ts'
import { atEnd } from '../testing/cleanup.ts'
import { createHttp } from './http.ts'
import { webClient } from './web-client.ts'

const page = '<!doctype html><title>Dure</title>'
const script = `${'// a script long enough to be worth compressing\n'.repeat(20)}start()`

async function builtClient(t: TestContext, otherSites: readonly string[] = []) {
  const folder = await mkdtemp(join(tmpdir(), 'dure-web-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), page)
  await writeFile(join(folder, 'service-worker.js'), 'self')
  await writeFile(join(folder, 'assets', 'app-1.js'), script)
  await writeFile(join(folder, 'assets', 'app-1.js.br'), brotliCompressSync(script))
  await writeFile(join(folder, 'secret.txt'), 'not a file of the client')
  const { platform } = await testApp(t)
  const { clock, log, random } = platform
  const http = await createHttp(
    { clock, log, random, limits: { draw() {} } as never, authenticate: async () => assert.fail() },
    { draining: () => false, bodyBytesMax: 1000, trustedProxies: [] },
  )
  atEnd(t, () => http.close())
  await webClient(http, folder, otherSites)
  return http
}

test('every address of the client gives its page, which is asked for anew each time', async (t) => {
  const http = await builtClient(t)
  for (const url of ['/', '/app', '/app/chats/!room:dure.test', '/app/chats/!x?event=$y']) {
    const answer = await http.inject(url)
    assert.equal(answer.statusCode, 200, url)
    assert.equal(answer.body, page, url)
    assert.match(answer.headers['content-type']?.toString() ?? '', /^text\/html/)
    assert.equal(answer.headers['cache-control'], 'no-cache')
  }
})

test('a page that the browser has already is not sent again', async (t) => {
  const http = await builtClient(t)
  const { etag } = (await http.inject('/')).headers
  const again = await http.inject({ url: '/app/chats', headers: { 'if-none-match': etag?.toString() } })
  assert.equal(again.statusCode, 304)
  assert.equal(again.body, '')
})

test('assets are kept for ever and come compressed to who can read that', async (t) => {
  const http = await builtClient(t)
  const plain = await http.inject('/assets/app-1.js')
  assert.equal(plain.body, script)
  assert.match(plain.headers['cache-control']?.toString() ?? '', /immutable/)
  const small = await http.inject({
    url: '/assets/app-1.js',
    headers: { 'accept-encoding': 'gzip, deflate, br' },
  })
  assert.equal(small.headers['content-encoding'], 'br')
  assert.equal(brotliDecompressSync(small.rawPayload).toString(), script)
})

test('what is no file of the client is not there', async (t) => {
  const http = await builtClient(t)
  for (const url of [
    '/assets/none.js',
    '/secret.txt',
    '/assets/..%2Findex.html',
    '/icons/x.png',
    '/manifest.webmanifest',
  ])
    assert.equal((await http.inject(url)).statusCode, 404, url)
})

test('the page runs its own scripts only, and may talk to the other sites', async (t) => {
  const http = await builtClient(t, ['https://b.dure.example/', 'https://c.dure.example:8443'])
  const policy = (await http.inject('/')).headers['content-security-policy']?.toString() ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/)
  assert.match(policy, /connect-src 'self' blob: https:\/\/b\.dure\.example https:\/\/c\.dure\.example:8443;/)
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/)
})
