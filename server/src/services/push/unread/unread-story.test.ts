import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRandom } from '../../../platform/testing/random.ts'
import { member } from '../../rooms/testing.ts'
import { alice, bob, carol, type PushFixture, pushFixture } from '../testing.ts'

type Told = { eventId: string; sender: string; thread: string; notifies: boolean; isRedacted: boolean }
type Mark = { userId: string; threadId: string | undefined; index: number }

const steps = 250

for (const seed of [1, 2022]) {
  test(`through a long story every node counts by the definition (seed ${seed})`, async (t) => {
    const fixture = await pushFixture(t, { nodes: 2 })
    const random = createTestRandom(seed)
    const pick = <T>(items: readonly T[]): T | undefined => items[random.below(items.length)]
    const story = await tellStory(fixture)

    for (let step = 0; step < steps; step++) {
      const what = random.below(12)
      const target = pick(story.log)
      if (what < 5)
        await story.say(pick([bob, bob, bob, alice]) ?? bob, pick(['main', ...story.roots]) ?? 'main')
      else if (what < 6) await story.say(bob, 'main', { isRoot: true })
      else if (what < 9 && target)
        await story.read(pick([alice, carol]) ?? alice, target, random.below(3) === 0, random.below(2) === 0)
      else if (what < 10 && target?.notifies) await story.redact(target)
      else if (random.below(4) === 0) await story.comeOrGo()
      else await story.compare(pick(fixture.nodes) ?? fixture.nodes[0], `step ${step}`)
    }
    for (const node of [...fixture.nodes, await fixture.addNode()]) await story.compare(node, 'end')
  })
}

/** Alice and Carol are in Bob's room; Carol never says anything, and Alice comes and goes. */
async function tellStory({ room, say, send, read }: PushFixture) {
  const roomId = await room([bob, alice, carol])
  const log: Told[] = []
  const roots: string[] = []
  const marks: Mark[] = []
  let joinedAt: number | undefined = 0

  function unreadBy(userId: string): Map<string, number> {
    const since = userId === alice ? joinedAt : 0
    const counts = new Map<string, number>()
    if (since === undefined) return counts
    log.forEach(({ thread, sender, notifies, isRedacted }, index) => {
      const isRead =
        marks.some(
          (mark) => mark.userId === userId && mark.index >= index && (mark.threadId ?? thread) === thread,
        ) || log.some((own, at) => own.sender === userId && own.thread === thread && at > index)
      if (index >= since && notifies && !isRedacted && sender !== userId && !isRead) {
        counts.set(thread, (counts.get(thread) ?? 0) + 1)
      }
    })
    return counts
  }

  return {
    log,
    roots,
    async say(sender: string, thread: string, { isRoot = false } = {}) {
      if (sender === alice && joinedAt === undefined) return
      const relation = thread === 'main' ? {} : { 'm.relates_to': { rel_type: 'm.thread', event_id: thread } }
      const { eventId } = await say(roomId, sender, 'hello', relation)
      log.push({ eventId, sender, thread, notifies: true, isRedacted: false })
      if (isRoot) roots.push(eventId)
    },
    async read(userId: string, { eventId, thread }: Told, isUnthreaded: boolean, isPrivate: boolean) {
      if (userId === alice && joinedAt === undefined) return
      const threadId = isUnthreaded ? undefined : thread
      await read(userId, roomId, { eventId }, { threadId, type: isPrivate ? 'm.read.private' : 'm.read' })
      marks.push({ userId, threadId, index: log.findIndex((told) => told.eventId === eventId) })
    },
    async redact(target: Told) {
      const redacts = target.eventId
      await send(roomId, bob, { type: 'm.room.redaction', content: { redacts }, redacts })
      // Bob may redact what Alice said, too: having said it still has read what came before.
      target.isRedacted = true
    },
    async comeOrGo() {
      await send(roomId, alice, member(alice, joinedAt === undefined ? 'join' : 'leave'))
      joinedAt = joinedAt === undefined ? log.length : undefined
    },
    async compare(node: PushFixture['nodes'][0], when: string) {
      for (const userId of [alice, carol]) {
        if (userId === alice && joinedAt === undefined) continue
        const { main, threads, total } = await node.unread(userId, roomId)
        const shown = new Map(Array.from(threads, ([root, { notification }]) => [root, notification]))
        if (main.notification > 0) shown.set('main', main.notification)
        const expected = unreadBy(userId)
        assert.deepEqual(new Map([...shown].sort()), new Map([...expected].sort()), `${userId} at ${when}`)
        assert.equal(
          total.notification,
          [...expected.values()].reduce((sum, count) => sum + count, 0),
        )
      }
    },
  }
}
