import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roomsRoutesFixture } from './testing.ts'

test('a zero byte in a path or query is the mistake of whoever sent it, never ours', async (t) => {
  const { people, room, call } = await roomsRoutesFixture(t, ['alice'])
  const [alice] = people
  assert(alice)
  const roomId = encodeURIComponent(await room([alice]))
  const paths: [method: 'GET' | 'PUT' | 'POST', path: string, body?: object][] = [
    ['GET', '/rooms/%00/state'],
    ['GET', `/rooms/${roomId}/state/%00/`],
    ['GET', `/rooms/${roomId}/state/m.room.topic/%00`],
    ['PUT', `/rooms/${roomId}/state/m.room.topic/%00`, {}],
    ['PUT', `/rooms/${roomId}/send/%00/1`, {}],
    ['PUT', `/rooms/${roomId}/send/m.room.message/%00`, {}],
    ['PUT', '/rooms/%00/send/m.room.message/1', {}],
    ['PUT', `/rooms/${roomId}/redact/%00/1`, {}],
    ['GET', `/rooms/${roomId}/event/%00`],
    ['GET', `/rooms/${roomId}/context/%00`],
    ['GET', '/rooms/%00/messages?dir=b'],
    ['GET', '/rooms/%00/members'],
    ['GET', '/rooms/%00/joined_members'],
    ['GET', `/_matrix/client/v1/rooms/${roomId}/relations/%00`],
  ]
  for (const [method, path, body] of paths) {
    const { status, body: answer } = await call(alice, method, path, body)
    assert(status >= 400 && status < 500, `${method} ${path}: ${status}`)
    assert.match(String(answer['errcode']), /^M_(?:INVALID_PARAM|FORBIDDEN|NOT_FOUND)$/, path)
  }
})
