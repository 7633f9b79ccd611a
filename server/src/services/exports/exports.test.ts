import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { unzip } from '../../../test/support/unzip.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { roomsRoutesFixture } from '../rooms/routes/testing.ts'
import { member, message } from '../rooms/testing.ts'

const path = '/api/identity/v1/export'

const lines = (file: Buffer | undefined): Record<string, unknown>[] =>
  (file ?? Buffer.alloc(0))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

async function fixture(t: TestContext) {
  const given = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = given.people
  assert(alice && bob && carol)
  const exported = async (who = alice) => {
    const answer = await given.http.inject({
      method: 'GET',
      url: path,
      headers: { authorization: `Bearer ${who.token}` },
    })
    assert.equal(answer.statusCode, 200)
    assert.equal(answer.headers['content-type'], 'application/zip')
    return answer.rawPayload
  }
  return { ...given, alice, bob, carol, exported, files: async (who = alice) => unzip(await exported(who)) }
}

test('an export holds the account, its settings, rooms with what could be seen, and files', async (t) => {
  const { alice, bob, carol, room, append, call, files, http } = await fixture(t)
  const open = await room([alice, bob])
  const closed = await room([bob, carol], { historyVisibility: 'joined' })
  await append(closed, bob, message('before alice came'))
  await append(closed, alice, member(alice.userId, 'join'))
  await append(closed, bob, message('to all three'))
  await append(closed, alice, member(alice.userId, 'leave'))
  await append(closed, bob, message('after alice left'))
  const said = await append(open, alice, message('안녕하세요'))
  const invited = await room([carol])
  await append(invited, carol, member(alice.userId, 'invite'))
  await call(alice, 'PUT', `/profile/${alice.userId}/displayname`, { displayname: 'Alice' })
  await call(alice, 'PUT', `/user/${alice.userId}/account_data/org.example.own`, { kept: true })
  const upload = await http.inject({
    method: 'POST',
    url: '/_matrix/media/v3/upload?filename=note.txt',
    headers: { authorization: `Bearer ${alice.token}`, 'content-type': 'text/plain' },
    payload: 'a note',
  })

  const found = await files()

  const account = JSON.parse(String(found.get('account.json')))
  assert.deepEqual([account.user_id, account.profile], [alice.userId, { displayname: 'Alice' }])
  assert.deepEqual(
    account.devices.map((device: { device_id: string }) => device.device_id),
    [alice.deviceId],
  )
  assert.deepEqual(
    lines(found.get('account-data.jsonl')).filter(({ type }) => type === 'org.example.own'),
    [{ type: 'org.example.own', content: { kept: true } }],
  )
  assert.ok(JSON.parse(String(found.get('push-rules.json'))).global.override.length > 0)

  const rooms = new Map(lines(found.get('rooms.jsonl')).map((line) => [line['room_id'], line]))
  assert.deepEqual(
    [open, closed, invited].map((roomId) => rooms.get(roomId)?.['membership']),
    ['join', 'leave', 'invite'],
  )
  const timeline = (roomId: string) =>
    lines(found.get(`rooms/${rooms.get(roomId)?.['folder']}/timeline.jsonl`))
  const bodies = (roomId: string) =>
    timeline(roomId).flatMap(({ content }) => (content as { body?: string }).body ?? [])
  assert.deepEqual(bodies(open), ['안녕하세요'])
  const own = timeline(open).find(({ event_id }) => event_id === said)
  assert.deepEqual([own?.['room_id'], own?.['sender'], own?.['type']], [open, alice.userId, 'm.room.message'])
  assert.deepEqual(bodies(closed), ['to all three'])
  assert.deepEqual(timeline(invited), [])
  const state = lines(found.get(`rooms/${rooms.get(invited)?.['folder']}/state.jsonl`))
  assert.ok(state.some(({ type }) => type === 'm.room.create'))

  const [media] = lines(found.get('media.jsonl'))
  assert.deepEqual(
    [media?.['content_uri'], media?.['file_name'], media?.['content_type'], media?.['size_bytes']],
    [upload.json().content_uri, 'note.txt', 'text/plain', 6],
  )
  assert.equal(String(found.get(String(media?.['file']))), 'a note')
  assert.match(String(found.get('README.txt')), /@alice:dure\.test/)
})

test('nobody gets the export of another, and what is told of somebody else is only what could be seen', async (t) => {
  const { alice, bob, room, append, files, http, call } = await fixture(t)
  const roomId = await room([alice, bob])
  await append(roomId, bob, message('from bob'))
  await call(bob, 'PUT', `/user/${bob.userId}/account_data/org.example.own`, { secret: true })
  assert.equal((await http.inject(path)).statusCode, 401)

  for (const [name, file] of await files()) assert.ok(!file.toString().includes('org.example.own'), name)
})

test('histories of any length go out whole, and other programs read the file', async (t) => {
  const { alice, room, services, exported, platform } = await fixture(t)
  const roomId = await room([alice])
  let last = 0
  for (let batch = 0; batch < 12; batch++) {
    const drafts = Array.from({ length: 100 }, (_, n) => message(`${batch * 100 + n}`))
    last = (await services.rooms.append({ roomId, sender: alice.userId, drafts })).position
  }
  await platform.stream.reached(last, t.signal)

  const zip = await exported()

  const bodies = lines(unzip(zip).get('rooms/1/timeline.jsonl')).flatMap(
    ({ content }) => (content as { body?: string }).body ?? [],
  )
  assert.deepEqual(
    bodies,
    Array.from({ length: 1200 }, (_, n) => `${n}`),
  )
  const folder = await mkdtemp(join(tmpdir(), 'dure-export-'))
  atEnd(t, () => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'export.zip'), zip)
  assert.ok((await readFile(join(folder, 'export.zip'))).equals(zip))
})

test('a client that goes away ends its export, and leaves the place to others', async (t) => {
  const { alice, room, services, listen, exported, platform } = await fixture(t)
  const roomId = await room([alice])
  let last = 0
  for (let batch = 0; batch < 10; batch++) {
    // Noise does not compress: the answer is larger than what sockets hold.
    const drafts = Array.from({ length: 50 }, () =>
      message(Buffer.from(platform.random.bytes(20_000)).toString('base64')),
    )
    last = (await services.rooms.append({ roomId, sender: alice.userId, drafts })).position
  }
  await platform.stream.reached(last, t.signal)
  const url = await listen()
  for (let i = 0; i < 4; i++) {
    const left = new AbortController()
    const answer = await fetch(url + path, {
      headers: { authorization: `Bearer ${alice.token}` },
      signal: left.signal,
    })
    await answer.body?.getReader().read()
    left.abort()
  }
  for (;;) {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${alice.token}` } })
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (answer.status !== 200) continue
    assert.ok(unzip(bytes).has('media.jsonl'))
    break
  }
  assert.ok(unzip(await exported()).has('media.jsonl'))
})
