import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { WeakEvent } from 'matrix-appservice-bridge'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { freePort } from '../support/free-port.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, roomOf, type SyncEvent, sendText, sync } from '../support/person.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

// As for matrix-bot-sdk, on which the bridge is built: the native library for encryption comes from elsewhere than npm.
const hooks = registerHooks({
  load: (url, context, next) =>
    url.includes('/matrix-sdk-crypto-nodejs/')
      ? { format: 'commonjs', source: '', shortCircuit: true }
      : next(url, context),
})
const { AppServiceRegistration, Bridge, Logger } = await import('matrix-appservice-bridge')
hooks.deregister()
Logger.configure({ console: 'off' })

const messages = 40
/** Whom the bridge makes when the server asks for them. */
const people: Record<string, { name: string }> = {
  _echo_robin: { name: 'Robin' },
  _echo_wren: { name: 'Wren' },
}

test('a bridge made with matrix-appservice-bridge hears everything once, while the nodes are killed in turn', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dure-echo-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const { registration, path } = registrationIn(folder, port)
  const nodes = await startTwoNodes(t, { DURE_APPLICATION_SERVICES_REGISTRATIONS: path })
  const [url, otherUrl] = nodes.urls
  const heard: WeakEvent[] = []
  let restarting: Promise<void> = Promise.resolve()
  const bridge = await echoBridge(t, {
    registration,
    port,
    url,
    heard,
    untilUp: () => restarting,
  })
  const http = [createHttpClient(url), createHttpClient(otherUrl)] as const
  atEnd(t, () => {
    for (const client of http) client.close()
  })
  const alice = await register(http[1], 'alice')
  const roomId = await roomOf(http[1], [alice])
  await bridge.getIntent('@_echo_parrot:localhost').join(roomId)

  await t.test('the registered bot and its person are there, and ping finds the way back', async () => {
    const intent = bridge.getIntent('@_echo_parrot:localhost')
    assert.equal(await intent.matrixClient.getUserId(), '@_echo_parrot:localhost')
    await intent.setDisplayName('Parrot')
    const profile = ok(await http[1].send('GET', '/_matrix/client/v3/profile/@_echo_parrot:localhost'))
    assert.equal(profile.json()['displayname'], 'Parrot')
    assert.equal(bridge.getBot().getUserId(), '@_echo_bot:localhost')
  })

  await t.test(
    'a room and a person that only the bridge knows are made when somebody asks for them',
    async () => {
      const call = (method: string, path: string, body?: object) =>
        http[1].send(method, `/_matrix/client/v3/${path}`, { token: alice.token, ...(body && { body }) })
      const lobby = encodeURIComponent('#_echo_lobby:localhost')
      const found = ok(await call('GET', `directory/room/${lobby}`)).json<{ room_id: string }>()
      const joined = ok(await call('POST', `join/${lobby}`, {})).json<{ room_id: string }>()
      assert.equal(joined.room_id, found.room_id)
      const members = ok(await call('GET', `rooms/${joined.room_id}/joined_members`)).json<{
        joined: object
      }>()
      assert.deepEqual(Object.keys(members.joined).sort(), ['@_echo_bot:localhost', alice.userId])
      assert.equal(
        (await call('GET', `directory/room/${encodeURIComponent('#_echo_nothing:localhost')}`)).status,
        404,
      )

      const robin = ok(await call('GET', 'profile/@_echo_robin:localhost')).json()
      assert.equal(robin['displayname'], 'Robin')
      ok(await call('POST', `rooms/${roomId}/invite`, { user_id: '@_echo_wren:localhost' }))
      const wren = ok(await call('GET', 'profile/@_echo_wren:localhost')).json()
      assert.equal(wren['displayname'], 'Wren')
      assert.equal((await call('GET', 'profile/@_echo_nobody:localhost')).status, 404)
    },
  )

  await t.test('no message is lost, doubled or out of order', async () => {
    const sent: string[] = []
    for (let index = 0; index < messages; index++) {
      const body = `message ${index}`
      // One node after the other: whichever of them sends to the bridge is among them.
      if (index === 10) restarting = nodes.restart(0, 'SIGKILL')
      if (index === 25) {
        await restarting
        restarting = nodes.restart(1, 'SIGKILL')
      }
      sent.push(await sendAnywhere(http, alice, roomId, body))
    }
    await restarting
    const seen = await echoesOf(http[1], alice, roomId, messages)
    const bodies = sent.map((_, index) => `message ${index}`)
    assert.deepEqual(textsIn(heard, alice.userId), bodies)
    assert.deepEqual(
      seen.map(({ content }) => content['body']),
      bodies.map((body) => `echo: ${body}`),
    )
    assert(seen.every(({ sender }) => sender === '@_echo_parrot:localhost'))
  })
})

type Registration = InstanceType<typeof AppServiceRegistration>

function registrationIn(folder: string, port: number): { registration: Registration; path: string } {
  const registration = new AppServiceRegistration(`http://127.0.0.1:${port}`)
  registration.setId('echo')
  registration.setHomeserverToken(AppServiceRegistration.generateToken())
  registration.setAppServiceToken(AppServiceRegistration.generateToken())
  registration.setSenderLocalpart('_echo_bot')
  registration.addRegexPattern('users', '@_echo_.*', true)
  registration.addRegexPattern('aliases', '#_echo_.*', true)
  const path = join(folder, 'echo.yaml')
  registration.outputAsYaml(path)
  return { registration, path }
}

/** Says what people say again, through the node that it was given as its homeserver. */
async function echoBridge(
  t: TestContext,
  options: {
    registration: Registration
    port: number
    url: string
    heard: WeakEvent[]
    untilUp: () => Promise<void>
  },
) {
  const { registration, port, url, heard } = options
  let echoing: Promise<unknown> = Promise.resolve()
  const bridge = new Bridge({
    homeserverUrl: url,
    domain: 'localhost',
    registration,
    // Its file stores call functions that Node has no more.
    disableStores: true,
    controller: {
      onEvent(request) {
        const event = request.getData()
        heard.push(event)
        if (event.type !== 'm.room.message' || event.sender.startsWith('@_echo_')) return
        // In the order heard, and each until its node is there again.
        echoing = echoing.then(() => echo(event.room_id, `echo: ${event.content['body']}`))
      },
      onUserQuery: async ({ localpart }) => people[localpart] ?? null,
      async onAliasQuery(alias, localpart) {
        // As bridges do, it looks first: the server must not ask it in turn.
        const known = await bridge
          .getIntent()
          .matrixClient.resolveRoom(alias)
          .catch(() => undefined)
        assert.equal(known, undefined)
        if (localpart !== '_echo_lobby') return null
        return { creationOpts: { room_alias_name: localpart, preset: 'public_chat' } }
      },
    },
  })
  await bridge.initialise()
  await bridge.listen(port, '127.0.0.1')
  atEnd(t, async () => {
    await echoing
    await bridge.close()
  })
  return bridge

  async function echo(roomId: string, body: string): Promise<void> {
    const client = bridge.getIntent('@_echo_parrot:localhost').matrixClient
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(body)}`
    for (;;) {
      try {
        await client.doRequest('PUT', path, null, { msgtype: 'm.notice', body })
        return
      } catch (error) {
        // A Matrix error is an answer; anything else means that the node is gone just now, and the id makes it safe to repeat.
        const status = (error as { statusCode?: number }).statusCode
        if (status !== undefined && status < 500) throw error
        await options.untilUp()
      }
    }
  }
}

async function sendAnywhere(
  http: readonly [HttpClient, HttpClient],
  person: Person,
  roomId: string,
  body: string,
): Promise<string> {
  for (let tries = 0; ; tries++) {
    const client = http[tries % 2] ?? http[0]
    try {
      return await sendText(client, person, roomId, encodeURIComponent(body), { body })
    } catch (error) {
      // The other node answers.
      if (tries > 10) throw error
    }
  }
}

async function echoesOf(
  http: HttpClient,
  person: Person,
  roomId: string,
  count: number,
): Promise<SyncEvent[]> {
  const deadline = performance.now() + 90_000
  const filter = { room: { timeline: { limit: 500 } } }
  const events: SyncEvent[] = []
  let since: string | undefined
  const echoes = () => events.filter(({ content }) => String(content['body']).startsWith('echo: '))
  while (echoes().length < count) {
    assert(performance.now() < deadline, `there were ${echoes().length} echoes in time`)
    // A connection of before the node died may be the one that is tried first.
    const answer = await sync(http, person, { since, timeoutMs: 5_000, filter }).catch(() => undefined)
    if (!answer) continue
    since = answer.next_batch
    events.push(...(answer.rooms?.join?.[roomId]?.timeline?.events ?? []))
  }
  return echoes()
}

function textsIn(events: readonly WeakEvent[], sender: string): unknown[] {
  return events
    .filter((event) => event.type === 'm.room.message' && event.sender === sender)
    .map(({ content }) => content['body'])
}
