import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { DeclaredRoute } from '../../src/platform/http/declared-routes.ts'
import { testApp } from '../../src/platform/testing/app.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { type Answer, createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, roomOf, sendText, sync } from '../support/person.ts'
import { hostileBodies, hostilePaths, hostileQueries, inBatches, type World } from './hostile-requests.ts'

/** A request that may wait for something to happen is not waited for. */
const patienceMs = 4000

test('no body, query or path that a signed-in person can send is a defect, and every no has its code', async (t) => {
  const { http, routes, scene } = await inhabited(t)
  const wrong = new Map<string, string>()
  let sent = 0

  for (const route of routes) {
    const { person, world } = await scene()
    const requests = [
      ...hostilePaths(route, world).map((path) => ({ path, body: '{}' })),
      ...hostileQueries(route, world).map((path) => ({ path, body: '{}' })),
      ...hostileBodies(route, world),
    ]
    const complain = async ({ path, body }: { path: string; body: string | Buffer }) => {
      const problem = judge(route, await ask(http, route, person, path, body))
      const name = `${route.method} ${route.path}: ${problem}`
      if (problem !== undefined && !wrong.has(name))
        wrong.set(name, `${path.slice(0, 300)} ${body.toString().slice(0, 300)}`)
    }
    sent += requests.length
    await inBatches(requests, complain)
  }
  assert.deepEqual(Object.fromEntries(wrong), {})
  t.diagnostic(`${sent} requests to ${routes.length} routes`)
})

/** What people see in a browser says no in words. The web client's files are not built for this test. */
const pages = /^\/checkout\//
const filesOfTheWebClient = /^\/(app(\/\*)?|assets\/.*|icons\/.*|manifest\.webmanifest|service-worker\.js)?$/

/** Undefined when all is well. */
function judge({ path }: DeclaredRoute, answer: Answer | undefined): string | undefined {
  if (!answer || answer.status < 400) return undefined
  if (filesOfTheWebClient.test(path) && [404, 503].includes(answer.status)) return undefined
  if (answer.status >= 500) return `${answer.status} ${answer.text.slice(0, 200)}`
  if (pages.test(path)) return undefined
  try {
    // Asking for a proof of identity is an answer of its own form, and the merchants' interface has Stripe's:
    // https://docs.stripe.com/api/errors
    const { errcode, flows, error } = answer.json<{
      errcode?: string
      flows?: []
      error?: { type?: string }
    }>()
    const known = typeof errcode === 'string' || Array.isArray(flows) || typeof error?.type === 'string'
    return known ? undefined : `${answer.status} has no errcode`
  } catch {
    return `${answer.status} is not JSON`
  }
}

async function ask(
  http: HttpClient,
  route: DeclaredRoute,
  { token }: Person,
  path: string,
  body: string | Buffer,
): Promise<Answer | undefined> {
  const patience = AbortSignal.timeout(patienceMs)
  try {
    return await http.send(route.method, path, {
      token,
      signal: patience,
      ...(route.method !== 'GET' && { body: Buffer.from(body) }),
    })
  } catch (error) {
    if (patience.aborted) return undefined
    throw error
  }
}

type Scene = { person: Person; world: World }

/** A node, and for every route a person of its own with a room, an event, a file and a backup: some routes end them. */
async function inhabited(t: TestContext) {
  const { listen, routes } = await testApp(t)
  const http = createHttpClient(await listen())
  atEnd(t, () => http.close())
  const guest = await register(http, 'guest')
  let count = 0

  async function scene(): Promise<Scene> {
    const person = await register(http, `person${++count}`)
    const roomId = await roomOf(http, [person])
    const eventId = await sendText(http, person, roomId, 'first', {})
    const { token, userId, deviceId } = person
    const { next_batch: position } = await sync(http, person)
    const upload = await http.send('POST', '/_matrix/media/v3/upload', {
      token,
      body: Buffer.from('content'),
    })
    const mediaId = new URL(ok(upload).json<{ content_uri: string }>().content_uri).pathname.slice(1)
    const backup = { algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2', auth_data: { public_key: 'x' } }
    const made = await http.send('POST', '/_matrix/client/v3/room_keys/version', { token, body: backup })
    const { version } = ok(made).json<{ version: string }>()
    const world = { ...ordinary, userId, deviceId, roomId, eventId, mediaId, version }
    return {
      person,
      world: {
        ...world,
        user_id: userId,
        device_id: deviceId,
        room_id: roomId,
        roomIdOrAlias: roomId,
        event_id: eventId,
        invite: guest.userId,
        from: position,
        to: position,
        at: position,
        since: position,
      },
    }
  }
  return { http, routes, scene }
}

/** Words that the schemas alone do not give away. */
const ordinary = {
  eventType: 'm.room.message',
  receiptType: 'm.read',
  serverName: 'dure.test',
  kind: 'override',
  scope: 'global',
  dir: 'b',
  timeout: '0',
  timeout_ms: '0',
  type: 'm.room.name',
  room_version: '11',
  width: '32',
  height: '32',
  method: 'scale',
  membership: 'join',
  filter: '{"limit":1}',
}
