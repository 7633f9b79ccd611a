import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { atEnd } from '../testing/cleanup.ts'
import { createTestClock } from '../testing/clock.ts'
import { dnsPeer } from '../testing/dns-peer.ts'
import { bodyOf, httpPeer } from '../testing/http-peer.ts'
import type { OutgoingError, OutgoingProblem } from './errors.ts'
import { testOutgoing } from './testing.ts'

const failsWith = (problem: OutgoingProblem) => (error: OutgoingError) => {
  assert.equal(error.problem, problem, error.message)
  return true
}

/** Counts what reaches an address that nobody must reach. */
async function forbiddenPeer(t: TestContext, port = 0) {
  let reached = 0
  const server = createServer((socket) => {
    reached++
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
  })
  server.listen(port, '127.0.0.2')
  await once(server, 'listening')
  atEnd(t, () => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, reached: () => reached }
}

test('a request goes out as given, and its answer comes back whatever its status', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, async (request, response) => {
    const { method, url, headers } = request
    const body = (await bodyOf(request)).toString()
    response.writeHead(418, { 'x-seen': 'yes' })
    response.end(
      JSON.stringify({ method, url, body, type: headers['content-type'], agent: headers['user-agent'] }),
    )
  })

  const answer = await outgoing.send({
    url: `${peer.url}/path?query=1`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"무게":1}',
  })

  assert.equal(answer.status, 418)
  assert.equal(answer.headers['x-seen'], 'yes')
  assert.deepEqual(JSON.parse(answer.body.toString()), {
    method: 'POST',
    url: '/path?query=1',
    body: '{"무게":1}',
    type: 'application/json',
    agent: 'Dure (dure.test)',
  })
})

test('a connection is kept for the next request to the same host', async (t) => {
  const outgoing = testOutgoing(t)
  const ports = new Set<number | undefined>()
  const peer = await httpPeer(t, (request, response) => {
    ports.add(request.socket.remotePort)
    response.end('ok')
  })

  for (let i = 0; i < 3; i++) await outgoing.send({ url: peer.url })

  assert.equal(ports.size, 1)
})

test('a kept connection that the far side has closed costs no request', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, (request, response) => {
    response.end('ok')
    // Closed without a word after the answer, like a balancer that is done waiting.
    response.on('finish', () => setImmediate(() => request.socket.resetAndDestroy()))
  })

  for (let i = 0; i < 5; i++) assert.equal((await outgoing.send({ url: peer.url })).status, 200)
})

test('private addresses are refused, however they are written', async (t) => {
  const dns = await dnsPeer(t)
  const outgoing = testOutgoing(t, { nameServers: [dns.server] })
  const { port, reached } = await forbiddenPeer(t)
  for (const host of [
    ...[
      '127.0.0.2',
      '2130706434',
      '0x7f000002',
      '0177.0.0.2',
      '127.2',
      '[::ffff:127.0.0.2]',
      '[::ffff:7f00:2]',
    ],
    ...['[64:ff9b::7f00:2]', '[::1]', '[fe80::1]', '169.254.169.254', '10.0.0.1', '0.0.0.0', '127。0。0。2'],
  ]) {
    await assert.rejects(outgoing.send({ url: `http://${host}:${port}/` }), failsWith('address'), host)
    await assert.rejects(outgoing.examine(`http://${host}:${port}/`), failsWith('address'), host)
  }
  assert.equal(reached(), 0)
  assert.equal(dns.asked.length, 0)
})

test('URLs of other schemes, with passwords, or to ports of other protocols are refused', async (t) => {
  const outgoing = testOutgoing(t)
  for (const url of [
    ...['', 'nothing', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'ftp://127.0.0.1/', 'javascript:1'],
    ...[
      'http://user@127.0.0.1/',
      'https://user:secret@127.0.0.1/',
      'http://127.0.0.1:22/',
      'http://127.0.0.1:25/',
    ],
    ...[
      'https://127.0.0.1:5432/',
      'http://127.0.0.1:6379/',
      'http://127.0.0.1:443443/',
      'http://[fe80::1%25lo]/',
    ],
  ]) {
    await assert.rejects(outgoing.send({ url }), failsWith('url'), url)
    await assert.rejects(outgoing.examine(url), failsWith('url'), url)
  }
})

test('plain http can be kept to the networks that the operator named', async (t) => {
  const dns = await dnsPeer(t, { 'public.test': ['8.8.8.8'], 'near.test': ['127.0.0.1'] })
  const outgoing = testOutgoing(t, { nameServers: [dns.server] })
  const peer = await httpPeer(t, (_request, response) => response.end('ok'))
  const plainHttp = 'named-networks'

  await assert.rejects(outgoing.send({ url: 'http://public.test/', plainHttp }), failsWith('url'))
  await assert.rejects(outgoing.examine('http://public.test/', { plainHttp }), failsWith('url'))
  await outgoing.examine('https://public.test/', { plainHttp })
  const answer = await outgoing.send({ url: `http://near.test:${peer.port}/`, plainHttp })

  assert.equal(answer.status, 200)
})

test('a name is asked for once, and the connection goes to the address that was judged', async (t) => {
  const clock = createTestClock()
  const dns = await dnsPeer(t, { 'rebinding.test': ['127.0.0.1'] })
  const outgoing = testOutgoing(t, { nameServers: [dns.server], clock })
  const hosts: (string | undefined)[] = []
  const peer = await httpPeer(t, ({ headers }, response) => {
    hosts.push(headers.host)
    // The next answer of the DNS is another one, as soon as the first was judged.
    dns.set('rebinding.test', ['127.0.0.2'])
    response.setHeader('connection', 'close')
    response.end('ok')
  })
  const forbidden = await forbiddenPeer(t, peer.port)
  const url = `http://rebinding.test:${peer.port}/`

  assert.equal((await outgoing.send({ url })).body.toString(), 'ok')
  assert.deepEqual(hosts, [`rebinding.test:${peer.port}`])
  assert.deepEqual(dns.asked, ['rebinding.test', 'rebinding.test'], 'once for each kind of address')

  await clock.advance(60_000)
  await assert.rejects(outgoing.send({ url }), failsWith('address'))
  assert.equal(forbidden.reached(), 0)
})

test('of several addresses only the allowed ones are connected to', async (t) => {
  const names = { 'mixed.test': ['127.0.0.2', '10.0.0.1', '127.0.0.1', '::1', '::ffff:127.0.0.2'] }
  const dns = await dnsPeer(t, names)
  const outgoing = testOutgoing(t, { nameServers: [dns.server] })
  const peer = await httpPeer(t, (_request, response) => response.end('allowed'))
  const forbidden = await forbiddenPeer(t, peer.port)

  const answer = await outgoing.send({ url: `http://mixed.test:${peer.port}/` })

  assert.equal(answer.body.toString(), 'allowed')
  assert.equal(forbidden.reached(), 0)
})

test('a kept connection does not serve a name that has moved to a forbidden address', async (t) => {
  const clock = createTestClock()
  const dns = await dnsPeer(t, { 'moving.test': ['127.0.0.1'] })
  const outgoing = testOutgoing(t, { nameServers: [dns.server], clock })
  const peer = await httpPeer(t, (_request, response) => response.end('ok'))
  const url = `http://moving.test:${peer.port}/`
  await outgoing.send({ url })

  dns.set('moving.test', ['127.0.0.2'])
  await clock.advance(60_000)

  await assert.rejects(outgoing.send({ url }), failsWith('address'))
})

test('a host without an address, and one whose name server is silent, end the request', async (t) => {
  const dns = await dnsPeer(t)
  const outgoing = testOutgoing(t, { nameServers: [dns.server] })

  await assert.rejects(outgoing.send({ url: 'http://nowhere.test/' }), failsWith('unresolved'))
  await assert.rejects(outgoing.send({ url: 'http://silent.test/', timeoutMs: 100 }), failsWith('timeout'))
  await outgoing.examine('http://nowhere.test/')
})

test('a redirect is an answer unless it is to be followed, and each target is judged anew', async (t) => {
  const outgoing = testOutgoing(t)
  const forbidden = await forbiddenPeer(t)
  const targets: Record<string, string> = {
    '/private': `http://127.0.0.2:${forbidden.port}/`,
    '/file': 'file:///etc/passwd',
    '/port': 'http://127.0.0.1:22/',
    '/there': '/here',
    '/loop': '/loop',
  }
  const peer = await httpPeer(t, ({ url = '' }, response) => {
    const location = targets[url]
    if (location === undefined) response.end('arrived')
    else response.writeHead(302, { location }).end()
  })
  const get = (path: string) => outgoing.send({ url: peer.url + path, redirectsMax: 3 })

  const followed = await get('/there')
  assert.equal(followed.body.toString(), 'arrived')
  assert.equal(followed.url, `${peer.url}/here`)
  assert.equal((await outgoing.send({ url: `${peer.url}/private` })).status, 302)
  assert.equal(
    (await outgoing.send({ url: `${peer.url}/there`, method: 'POST', redirectsMax: 3 })).status,
    302,
  )
  await assert.rejects(get('/private'), failsWith('address'))
  await assert.rejects(get('/file'), failsWith('url'))
  await assert.rejects(get('/port'), failsWith('url'))
  await assert.rejects(get('/loop'), failsWith('redirects'))
  assert.equal(forbidden.reached(), 0)
})

test('what was meant for one host is not told to the host that it redirects to', async (t) => {
  const outgoing = testOutgoing(t)
  const seen: (string | undefined)[][] = []
  const other = await httpPeer(t, ({ headers }, response) => {
    seen.push([headers.authorization, headers.accept])
    response.end()
  })
  const peer = await httpPeer(t, ({ headers }, response) => {
    seen.push([headers.authorization, headers.accept])
    response.writeHead(307, { location: other.url }).end()
  })

  await outgoing.send({
    url: peer.url,
    headers: { Authorization: 'Bearer secret', Accept: 'text/html' },
    redirectsMax: 1,
  })

  assert.deepEqual(seen, [
    ['Bearer secret', 'text/html'],
    [undefined, 'text/html'],
  ])
})

const mebibyte = Buffer.alloc(1024 * 1024)

/** Sends without end, as fast as it is taken, and counts. */
function endless(chunk: Buffer, sent: { bytes: number }): RequestListener {
  return (_request, response) => {
    const more = () => {
      do sent.bytes += chunk.length
      while (response.write(chunk))
    }
    response.on('drain', more)
    more()
  }
}

test('a body longer than asked for is not received', async (t) => {
  const outgoing = testOutgoing(t)
  const sent = { bytes: 0 }
  const stream = await httpPeer(t, endless(Buffer.alloc(16_384), sent))
  const declared = await httpPeer(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 1_000_000_000 }).write('x')
  })

  await assert.rejects(outgoing.send({ url: stream.url, bodyBytesMax: 100_000 }), failsWith('too_large'))
  await assert.rejects(outgoing.send({ url: declared.url, bodyBytesMax: 100_000 }), failsWith('too_large'))
  const cut = await outgoing.send({ url: stream.url, bodyBytesMax: 100_000, truncate: true })

  assert.equal(cut.body.length, 100_000)
  assert.equal(cut.truncated, true)
  // What the buffers of both ends hold was on its way.
  assert.ok(sent.bytes < 32 * 1024 * 1024, String(sent.bytes))
})

test('a body of exactly the limit passes, and one byte more does not', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, ({ url = '' }, response) => response.end(Buffer.alloc(Number(url.slice(1)))))
  const get = (sizeBytes: number, truncate = false) =>
    outgoing.send({ url: `${peer.url}/${sizeBytes}`, bodyBytesMax: 1000, truncate })

  assert.equal((await get(1000)).body.length, 1000)
  assert.equal((await get(1000, true)).truncated, false)
  assert.equal((await get(1001, true)).truncated, true)
  await assert.rejects(get(1001), failsWith('too_large'))
})

for (const [encoding, compress] of [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const) {
  test(`a body in ${encoding} is decompressed, and a bomb is left where it bursts the limit`, async (t) => {
    const outgoing = testOutgoing(t)
    const bomb = compress(Buffer.concat(new Array<Buffer>(64).fill(mebibyte)))
    const peer = await httpPeer(t, ({ url }, response) => {
      response.setHeader('content-encoding', encoding)
      response.end(url === '/bomb' ? bomb : compress(Buffer.from('plain text')))
    })

    assert.equal((await outgoing.send({ url: peer.url })).body.toString(), 'plain text')
    const before = process.memoryUsage().arrayBuffers
    await assert.rejects(outgoing.send({ url: `${peer.url}/bomb` }), failsWith('too_large'))
    const cut = await outgoing.send({ url: `${peer.url}/bomb`, truncate: true })
    assert.equal(cut.body.length, mebibyte.length)
    const grown = process.memoryUsage().arrayBuffers - before
    assert.ok(grown < 16 * mebibyte.length, `grew by ${grown} bytes`)
  })
}

test('a body that is not what it says, or breaks off, is no answer', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, ({ url, socket }, response) => {
    const bodies: Record<string, [string, string | Buffer]> = {
      '/broken': ['gzip', 'no gzip'],
      '/cut': ['gzip', gzipSync('text').subarray(0, 12)],
      '/twice': ['gzip, gzip', 'x'],
    }
    const [encoding, body] = bodies[url ?? ''] ?? []
    if (encoding !== undefined) response.writeHead(200, { 'content-encoding': encoding }).end(body)
    else response.writeHead(200, { 'content-length': 100 }).write('begun', () => socket.destroy())
  })

  for (const path of ['/broken', '/cut', '/twice', '/off'])
    await assert.rejects(outgoing.send({ url: peer.url + path }), failsWith('answer'), path)
})

test('an answer has to be complete in time, however it trickles', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, ({ url }, response) => {
    if (url === '/mute') return
    response.writeHead(200)
    const drip = setInterval(() => response.write('.'), 10)
    response.on('close', () => clearInterval(drip))
  })
  const gzipped = await httpPeer(t, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync('text').subarray(0, 11))
  })

  for (const url of [`${peer.url}/mute`, `${peer.url}/drip`, gzipped.url])
    await assert.rejects(outgoing.send({ url, timeoutMs: 150 }), failsWith('timeout'), url)
})

test('whoever no longer wants an answer gets their own reason', async (t) => {
  const outgoing = testOutgoing(t)
  const caller = new AbortController()
  const peer = await httpPeer(t, () => caller.abort(new Error('the lease was lost')))

  await assert.rejects(outgoing.send({ url: peer.url, signal: caller.signal }), /the lease was lost/)
})

test('headers without end, and what is no HTTP, are no answer', async (t) => {
  const outgoing = testOutgoing(t)
  const raw = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (data) => {
      if (data.toString().startsWith('GET /headers'))
        socket.write(`HTTP/1.1 200 OK\r\n${'x-filler: 0123456789\r\n'.repeat(1000)}`)
      else socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    })
  })
  raw.listen(0, '127.0.0.1')
  await once(raw, 'listening')
  atEnd(t, () => void raw.close())
  const address = raw.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  await assert.rejects(
    outgoing.send({ url: `http://127.0.0.1:${address.port}/headers` }),
    failsWith('answer'),
  )
  await assert.rejects(outgoing.send({ url: `http://127.0.0.1:${address.port}/ssh` }), failsWith('answer'))
})

test('nobody there is a connection problem, and so is a host that does not speak TLS', async (t) => {
  const outgoing = testOutgoing(t)
  const peer = await httpPeer(t, (_request, response) => response.end())
  await assert.rejects(outgoing.send({ url: `https://127.0.0.1:${peer.port}/` }), failsWith('connection'))
  peer.server.closeAllConnections()
  await new Promise((resolve) => peer.server.close(resolve))
  await assert.rejects(outgoing.send({ url: peer.url }), failsWith('connection'))
})
