import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../src/platform/testing/app.ts'
import { replicatedPostgres } from '../../src/platform/testing/replicated-postgres.ts'
import { registerPerson } from '../../src/services/identity/testing.ts'

test('while there is no primary people stay logged in, polls stay open, reading goes on and writing waits', async (t) => {
  const { primary, standby, url } = await replicatedPostgres(t)
  const { http } = await testApp(t, {
    databaseUrl: url(primary.port, standby.port),
    environment: { DURE_CORE_DATABASE_OUTAGE_WAIT: '3s' },
  })
  const alice = await registerPerson(http, 'alice')
  const { room_id: roomId } = (await alice.call('POST', 'createRoom', {})).body
  const { next_batch: since } = (await alice.call('GET', 'sync')).body
  const send = () =>
    alice.call('PUT', `rooms/${roomId}/send/m.room.message/once`, { msgtype: 'm.text', body: 'hello' })

  await primary.kill()
  const [poll, sent, messages, alive] = await Promise.all([
    alice.call('GET', `sync?since=${since}&timeout=4000`),
    send(),
    alice.call('GET', `rooms/${roomId}/messages?dir=b`),
    http.inject('/livez'),
  ])
  assert.deepEqual([poll.status, poll.body.next_batch, poll.body.rooms], [200, since, undefined])
  assert.equal(sent.status, 503)
  assert.equal(messages.status, 200)
  assert(messages.body.chunk.length > 0)
  assert.equal(alive.statusCode, 200)
  assert.deepEqual((await http.inject('/readyz')).json(), { status: 'read-only' })

  // A session that this site has not heard of may exist: nobody is told that it does not.
  const unheardOf = alice.token.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))
  const stranger = await http.inject({
    url: '/_matrix/client/v3/account/whoami',
    headers: { authorization: `Bearer ${unheardOf}` },
  })
  assert.equal(stranger.statusCode, 503)

  await standby.promote()
  const again = await send()
  assert.equal(again.status, 200)
  assert.deepEqual((await send()).body, again.body)
  const news = await alice.call('GET', `sync?since=${since}&timeout=4000`)
  assert.match(JSON.stringify(news.body.rooms.join[roomId].timeline.events), /hello/)
})
