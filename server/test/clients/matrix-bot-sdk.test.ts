import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { type TestContext, test } from 'node:test'
import type { MatrixClient } from 'matrix-bot-sdk'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register, roomOf, type SyncEvent, sendText, sync } from '../support/person.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

// The client is as its authors published it. Its encryption is optional for a bot, but it loads the native library for
// it in any case, and that library comes as a download from another place than npm: here it is an empty module.
const hooks = registerHooks({
  load: (url, context, next) =>
    url.includes('/matrix-sdk-crypto-nodejs/')
      ? { format: 'commonjs', source: '', shortCircuit: true }
      : next(url, context),
})
const { AutojoinRoomsMixin, LogLevel, LogService, MatrixAuth } = await import('matrix-bot-sdk')
hooks.deregister()
// It reports every long poll that the restart cuts off; the test looks at what comes of it.
LogService.muteModule('MatrixHttpClient')
LogService.muteModule('MatrixClientLite')
LogService.setLevel(LogLevel.ERROR)

test('a bot made with matrix-bot-sdk joins when invited, answers, and lives on when its node restarts', async (t) => {
  const nodes = await startTwoNodes(t)
  const http = createHttpClient(nodes.urls[1])
  atEnd(t, () => http.close())
  const bot = await echoBot(t, nodes.urls[0])
  const botId = await bot.getUserId()
  const alice = await register(http, 'alice')
  const roomId = await roomOf(http, [alice], { preset: 'private_chat', invite: [botId] })
  const { follow, events } = follower(http, alice, roomId)

  await t.test('it joins the room that it is invited to', async () => {
    await follow('the bot joins', isJoin(botId))
  })

  await t.test('it answers with a reply and a reaction, under the name that it gave itself', async () => {
    const eventId = await sendText(http, alice, roomId, 'first', { body: 'is anybody here?' })
    const reply = await follow('the reply', isReplyTo(eventId))
    assert.match(String(reply.content['body']), /is anybody here\?$/)
    const reaction = await follow('the reaction', ({ type }) => type === 'm.reaction')
    const relation = { rel_type: 'm.annotation', event_id: eventId, key: '👋' }
    assert.deepEqual(reaction.content['m.relates_to'], relation)
    const profile = `/_matrix/client/v3/profile/${encodeURIComponent(botId)}`
    assert.equal(ok(await http.send('GET', profile)).json()['displayname'], 'Echo')
  })

  await t.test('it answers what was written while its node was gone, and nothing twice', async () => {
    const restarting = nodes.restart(0, 'SIGKILL')
    const eventId = await sendText(http, alice, roomId, 'second', { body: 'still there?' })
    await restarting
    await follow('the reply after the restart', isReplyTo(eventId))
    const last = await sendText(http, alice, roomId, 'third', { body: 'and now?' })
    await follow('the reply to the last message', isReplyTo(last))
    assert.equal(events.filter(isReplyTo(eventId)).length, 1)
    assert.equal(events.filter(({ sender, type }) => sender === botId && type === 'm.room.message').length, 3)
  })

  await t.test('it sends files, reads state and history, and leaves', async () => {
    const bytes = Buffer.from('the file of the bot')
    const url = await bot.uploadContent(bytes, 'text/plain', 'notes.txt')
    await bot.sendMessage(roomId, { msgtype: 'm.file', body: 'notes.txt', url })
    await follow('the file', ({ content }) => content['url'] === url)
    assert.deepEqual((await bot.downloadContent(url)).data, bytes)

    assert.deepEqual((await bot.getJoinedRoomMembers(roomId)).sort(), [alice.userId, botId].sort())
    assert.deepEqual(await bot.getRoomStateEvent(roomId, 'm.room.join_rules', ''), { join_rule: 'invite' })
    const doomed = await bot.sendNotice(roomId, 'a slip of the tongue')
    await bot.redactEvent(roomId, doomed, 'not meant')
    await follow('the redaction', ({ type }) => type === 'm.room.redaction')
    assert.deepEqual((await bot.getEvent(roomId, doomed)).content, {})

    await bot.leaveRoom(roomId)
    await follow(
      'the bot leaves',
      ({ type, content }) => type === 'm.room.member' && content['membership'] === 'leave',
    )
    assert.deepEqual(await bot.getJoinedRooms(), [])
  })
})

/** Greets with a reaction and repeats what people say, as a reply. */
async function echoBot(t: TestContext, url: string): Promise<MatrixClient> {
  const bot = await new MatrixAuth(url).passwordRegister('echo', 'a password for the bot', 'machine')
  await bot.setDisplayName('Echo')
  const botId = await bot.getUserId()
  AutojoinRoomsMixin.setupOnClient(bot)
  bot.on('room.message', (roomId: string, event: SyncEvent) => {
    if (event.sender !== botId) answer(roomId, event).catch(assert.fail)
  })
  await bot.start()
  atEnd(t, () => bot.stop())
  return bot

  async function answer(roomId: string, event: SyncEvent): Promise<void> {
    await bot.sendReadReceipt(roomId, event.event_id)
    await bot.setTyping(roomId, true, 5000)
    await bot.replyText(roomId, event, String(event.content['body']))
    await bot.unstableApis.addReactionToEvent(roomId, event.event_id, '👋')
  }
}

/** What a person sees of a room as time goes on. */
function follower(http: HttpClient, person: Person, roomId: string) {
  const events: SyncEvent[] = []
  let since: string | undefined

  async function follow(what: string, wanted: (event: SyncEvent) => boolean): Promise<SyncEvent> {
    const deadline = performance.now() + 60_000
    for (;;) {
      const found = events.find(wanted)
      if (found) return found
      assert(performance.now() < deadline, `never saw ${what}; there was ${JSON.stringify(events)}`)
      const answer = await sync(http, person, { since, timeoutMs: 10_000 })
      since = answer.next_batch
      events.push(...(answer.rooms?.join?.[roomId]?.timeline?.events ?? []))
    }
  }
  return { follow, events }
}

function isJoin(userId: string) {
  return ({ type, sender, content }: SyncEvent) =>
    type === 'm.room.member' && sender === userId && content['membership'] === 'join'
}

function isReplyTo(eventId: string) {
  return ({ content }: SyncEvent) => {
    const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id: string } } | undefined
    return relation?.['m.in_reply_to']?.event_id === eventId
  }
}
