import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutbox, type OutboxEntry } from './outbox.ts'

const room = '!a:dure.test'

/** A server that takes each transaction id once, a line that can be cut, a disk that outlives the page. */
function world() {
  const disk = new Map<string, OutboxEntry>()
  const taken = new Map<string, { eventId: string; body: unknown }>()
  const line = { up: true, loseAnswers: false, refuses: false }
  const timers: (() => void)[] = []
  let uploads = 0
  let ids = 0

  function page() {
    return createOutbox({
      async send({ txnId, content }) {
        if (!line.up) throw new TypeError('no connection')
        if (line.refuses) throw new RangeError('forbidden')
        const known = taken.get(txnId) ?? { eventId: `$${taken.size}`, body: content['body'] }
        taken.set(txnId, known)
        if (line.loseAnswers) throw new TypeError('connection lost')
        return known.eventId
      },
      async upload(_file, _entry, onProgress) {
        onProgress(0.5)
        if (!line.up) throw new TypeError('no connection')
        uploads += 1
        return { url: `mxc://dure.test/${uploads}` }
      },
      isTransient: (error) => error instanceof TypeError,
      disk: {
        all: async () => [...disk.values()],
        keep: async (entry) => void disk.set(entry.txnId, entry),
        forget: async (txnId) => void disk.delete(txnId),
      },
      now: () => ids,
      after(_ms, run) {
        timers.push(run)
        return () => timers.splice(timers.indexOf(run), 1)
      },
      newId: () => `txn-${ids++}`,
    })
  }
  return { page, disk, taken, line, timers, uploads: () => uploads }
}

const message = (body: string) => ({ roomId: room, type: 'm.room.message', content: { body } })

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

test('messages leave in the order in which they were written, and stay until the timeline has them', async () => {
  const { page, taken, disk } = world()
  const outbox = page()
  await Promise.all(['one', 'two', 'three'].map((body) => outbox.add(message(body))))
  await settled()
  assert.deepEqual(
    [...taken.values()].map(({ body }) => body),
    ['one', 'two', 'three'],
  )
  assert.equal(disk.size, 0)
  assert.equal(outbox.entries.get().length, 3)
  for (const [txnId, { eventId }] of taken) outbox.settle({ eventId, txnId })
  assert.deepEqual(outbox.entries.get(), [])
})

test('without a connection they wait, and another page sends them, each once', async () => {
  const { page, taken, line, disk } = world()
  line.up = false
  const first = page()
  await first.add(message('one'))
  await first.add(message('two'))
  await settled()
  assert.equal(taken.size, 0)
  assert.equal(disk.size, 2)

  line.up = true
  const second = page()
  await second.start()
  await settled()
  assert.equal(taken.size, 2)
  assert.equal(disk.size, 0)
})

test('an answer that got lost does not send the message twice', async () => {
  const { page, taken, line, timers } = world()
  const outbox = page()
  line.loseAnswers = true
  await outbox.add(message('once'))
  await settled()
  line.loseAnswers = false
  timers[0]?.()
  await settled()
  assert.equal(taken.size, 1)
  assert.equal(outbox.entries.get()[0]?.state, 'sent')
})

test('what the server refuses waits for the person, and can be sent again or given up', async () => {
  const { page, taken, line, disk } = world()
  line.refuses = true
  const outbox = page()
  const first = await outbox.add(message('one'))
  const second = await outbox.add(message('two'))
  await settled()
  assert.deepEqual(
    outbox.entries.get().map(({ state }) => state),
    ['failed', 'failed'],
  )
  line.refuses = false
  await outbox.retry(first)
  await outbox.discard(second)
  await settled()
  assert.deepEqual(
    [...taken.values()].map(({ body }) => body),
    ['one'],
  )
  assert.equal(disk.size, 0)
})

test('a file is uploaded once, however often its message has to be sent', async () => {
  const { page, taken, line, timers, uploads } = world()
  const outbox = page()
  line.loseAnswers = true
  await outbox.add({ ...message('photo'), file: { blob: new Blob(['x']), name: 'photo.jpg' } })
  await settled()
  line.loseAnswers = false
  timers[0]?.()
  await settled()
  assert.equal(uploads(), 1)
  assert.equal(taken.size, 1)
})
