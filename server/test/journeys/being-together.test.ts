import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import sharp from 'sharp'
import { testNodes } from '../../src/platform/testing/app.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { foundingDrafts, member } from '../../src/services/rooms/testing.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, roomOf, sendText } from '../support/person.ts'

type Member = { type: string; state_key?: string; content: Record<string, unknown> }
type Ephemeral = { type: string; content: Record<string, unknown> }
type Synced = {
  next_batch: string
  presence?: { events: { sender: string; content: Record<string, unknown> }[] }
  rooms?: { join?: Record<string, { ephemeral?: { events: Ephemeral[] }; timeline?: { events: Member[] } }> }
}

const client = '/_matrix/client/v3'

test('on another node a person sees who is here, who types, and who has read', async (t) => {
  const { here, there, ann, ben, roomId } = await twoPeople(t)
  const room = `${client}/rooms/${encodeURIComponent(roomId)}`
  const start = await sync(there, ann)

  ok(await here.send('GET', `${client}/sync?timeout=0`, { token: ben.token }))
  const online = await syncUntil(there, ann, start.next_batch, ({ presence }) =>
    presence?.events.find(({ sender }) => sender === ben.userId),
  )
  assert.equal(online.found.content['presence'], 'online')

  const typing = `${room}/typing/${encodeURIComponent(ben.userId)}`
  ok(await here.send('PUT', typing, { token: ben.token, body: { typing: true, timeout: 60_000 } }))
  const ephemeral = (type: string) => (answer: Synced) =>
    answer.rooms?.join?.[roomId]?.ephemeral?.events.find((event) => event.type === type)
  const begun = await syncUntil(there, ann, online.next, ephemeral('m.typing'))
  assert.deepEqual(begun.found.content, { user_ids: [ben.userId] })

  const eventId = await sendText(here, ben, roomId, 'typed', {})
  const ended = await syncUntil(there, ann, begun.next, ephemeral('m.typing'))
  assert.deepEqual(ended.found.content, { user_ids: [] })

  ok(
    await here.send('POST', `${room}/receipt/m.read/${encodeURIComponent(eventId)}`, {
      token: ben.token,
      body: {},
    }),
  )
  const read = await syncUntil(there, ann, ended.next, ephemeral('m.receipt'))
  assert.deepEqual(Object.keys(read.found.content), [eventId])
})

test('a picture uploaded through one node is seen through another, large and small', async (t) => {
  const { here, there, ann, ben } = await twoPeople(t)
  const picture = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const headers = { 'content-type': 'image/png' }
  const upload = ok(
    await here.send('POST', '/_matrix/media/v3/upload?filename=sea.png', {
      token: ben.token,
      body: picture,
      headers,
    }),
  )
  const address = upload.json<{ content_uri: string }>().content_uri.replace('mxc://', '')
  const media = '/_matrix/client/v1/media'

  const large = ok(await there.send('GET', `${media}/download/${address}`, { token: ann.token }))
  assert.equal(large.headers['content-length'], String(picture.length))
  assert.equal(large.headers['content-disposition'], 'inline; filename="sea.png"')
  const small = `${media}/thumbnail/${address}?width=96&height=96&method=crop`
  assert.equal(ok(await there.send('GET', small, { token: ann.token })).headers['content-type'], 'image/jpeg')
  assert.equal((await there.send('GET', `/_matrix/media/v3/download/${address}`)).status, 404)
})

async function twoPeople(t: TestContext) {
  const nodes = await testNodes(t, 2)
  const [first] = nodes
  assert(first)
  const clients = []
  for (const node of nodes) {
    const http = createHttpClient(await node.listen())
    atEnd(t, () => http.close())
    clients.push(http)
  }
  const [here, there] = clients
  assert(here && there)
  const [ann, ben] = [await register(here, 'ann'), await register(here, 'ben')]
  const { roomId } = await first.services.rooms.found({
    version: '12',
    sender: ben.userId,
    drafts: foundingDrafts(ben.userId),
  })
  await first.services.rooms.append({ roomId, sender: ann.userId, drafts: [member(ann.userId, 'join')] })
  return { here, there, ann, ben, roomId }
}

test('who changes their name keeps the other one that they have in an open chat', async (t) => {
  const { here, there, ann, ben } = await twoPeople(t)
  const profile = `${client}/profile/${encodeURIComponent(ben.userId)}/displayname`
  const rename = async (http: HttpClient, displayname: string) =>
    void ok(await http.send('PUT', profile, { token: ben.token, body: { displayname } }))
  const [usual, open] = [await roomOf(here, [ann, ben]), await roomOf(here, [ann])]
  const self = `${client}/rooms/${encodeURIComponent(open)}/state/m.room.member/${encodeURIComponent(ben.userId)}`
  const asHeron = { membership: 'join', displayname: 'Heron' }
  ok(await there.send('PUT', self, { token: ben.token, body: asHeron }))
  const start = await sync(there, ann)

  await rename(here, 'Benjamin')
  await rename(there, 'Benny')
  const named = ({ rooms }: Synced) =>
    rooms?.join?.[usual]?.timeline?.events.find(
      ({ state_key, content }) => state_key === ben.userId && content['displayname'] === 'Benny',
    )
  await syncUntil(there, ann, start.next_batch, named)
  assert.deepEqual(ok(await here.send('GET', self, { token: ann.token })).json(), asHeron)
})

async function sync(http: HttpClient, person: Person, since?: string): Promise<Synced> {
  const query = since === undefined ? 'timeout=0' : `timeout=10000&since=${since}`
  return ok(await http.send('GET', `${client}/sync?${query}`, { token: person.token })).json<Synced>()
}

/** Syncs on until an answer holds what is looked for. */
async function syncUntil<Found>(
  http: HttpClient,
  person: Person,
  since: string,
  look: (answer: Synced) => Found | undefined,
): Promise<{ found: Found; next: string }> {
  for (let from = since; ; ) {
    const answer = await sync(http, person, from)
    const found = look(answer)
    if (found !== undefined) return { found, next: answer.next_batch }
    from = answer.next_batch
  }
}
