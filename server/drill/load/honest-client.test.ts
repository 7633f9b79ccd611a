import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { createTestClock } from '../../src/platform/testing/clock.ts'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { createHonestClient } from './honest-client.ts'
import { createNumbers } from './recorder.ts'

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** Time runs ten times as fast, so that a patient client can be watched. */
const hurried: Clock = {
  now: () => performance.now() * 10,
  after: (delayMs, run) => systemClock.after(delayMs / 10, run),
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 10, signal),
}

/** A client at home at the first of sites that behave as told. */
async function clientOf(t: TestContext, handlers: readonly Handler[], clock: Clock = hurried) {
  const sites = await Promise.all(
    handlers.map(async (handler, i) => {
      const server = http.createServer(handler).listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => {
        server.closeAllConnections()
        server.close()
      })
      return { name: `site-${i}`, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
    }),
  )
  const numbers = createNumbers({ clock }, ['site-0', 'site-1'])
  const client = createHonestClient({ clock, random: createTestRandom(1), recorder: numbers }, sites, 0)
  t.after(() => client.close())
  return { client, numbers, sites }
}

const answers: Handler = (_request, response) => void response.end('{}')
const silent: Handler = () => {}

test('a request is answered at home while home lives', async (t) => {
  // No time passes, so home is never slow, whatever else this machine does.
  const { client } = await clientOf(t, [answers, answers], createTestClock())
  assert.equal((await client.send('GET', '/x')).site, 'site-0')
})

test('a send at a silent site is answered by another one, and so is the next one, at once', async (t) => {
  const { client, numbers } = await clientOf(t, [silent, answers])
  assert.equal((await client.send('PUT', '/x', { body: {} })).site, 'site-1')
  assert.equal((await client.send('PUT', '/y', { body: {} })).site, 'site-1')
  assert.equal(numbers.window().attempts.overtaken, 1)
  assert.equal(numbers.window().attempts.total, 3)
})

test('a long poll at a site that fell silent moves to another one, though nothing was broken off', async (t) => {
  const { client, numbers } = await clientOf(t, [silent, answers])
  const answer = await client.send('GET', '/sync', { longPollMs: 3_600_000 })
  assert.equal(answer.site, 'site-1')
  assert.equal(numbers.window().attempts.unanswered, 1)
})

test('a long poll stays where it is as long as its site answers something', async (t) => {
  const held: http.ServerResponse[] = []
  let probes = 0
  const { client } = await clientOf(t, [
    (request, response) => {
      if (request.url !== '/_matrix/client/versions') return void held.push(response)
      response.end('{}')
      if (++probes === 2) for (const waiting of held) waiting.end('{}')
    },
    answers,
  ])
  assert.equal((await client.send('GET', '/sync', { longPollMs: 3_600_000 })).site, 'site-0')
})

test('a site that says when to come again is left alone until then, and asked again when no other can answer', async (t) => {
  const times: number[] = []
  const refusesOnce: Handler = (_request, response) => {
    times.push(performance.now())
    if (times.length === 1) response.writeHead(503, { 'retry-after': '1' })
    response.end('{}')
  }
  const { client, numbers } = await clientOf(t, [refusesOnce])
  assert.equal((await client.send('GET', '/x')).status, 200)
  const [first = 0, second = 0] = times
  assert(second - first >= 95, 'a tenth of a second here is a second')
  assert.equal(numbers.window().refused.requests, 1)
})

test('a shut door sends the client to another site at once', async (t) => {
  const { client, numbers, sites } = await clientOf(t, [answers, answers])
  sites[0]?.server.close()
  sites[0]?.server.closeAllConnections()
  assert.equal((await client.send('GET', '/x')).site, 'site-1')
  assert.equal(numbers.window().attempts.closed, 1)
})

test('a refusal that is meant for the client is an answer', async (t) => {
  const { client } = await clientOf(t, [
    (_request, response) => void response.writeHead(403).end('{}'),
    answers,
  ])
  assert.equal((await client.send('GET', '/x')).status, 403)
})

test('patience ends', async (t) => {
  const { client } = await clientOf(t, [(_request, response) => void response.writeHead(500).end('{}')])
  await assert.rejects(client.send('GET', '/x', { patienceMs: 200 }), /no answer to GET/)
})

test('a site that says it is leaving is asked for nothing more, and what it answers is good', async (t) => {
  const leaves: Handler = (_request, response) => {
    response.setHeader('dure-site', 'site-0;leaving')
    response.end('{}')
  }
  const { client, numbers } = await clientOf(t, [leaves, answers])
  assert.equal((await client.send('GET', '/x')).site, 'site-0')
  assert.equal((await client.send('GET', '/y')).site, 'site-1')
  const { attempts } = numbers.window()
  assert.equal(attempts.total - attempts.overtaken, 2)
  assert.equal(attempts.refused + attempts.error, 0)
})
