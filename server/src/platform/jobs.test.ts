import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from './db/sql.ts'
import { createTestClock } from './testing/clock.ts'
import { testDatabase } from './testing/database.ts'
import { testPlatform } from './testing/platform.ts'

/** Moves the clock until `done` holds: workers poll it, and their database calls take real time. */
async function advanceUntil(
  clock: ReturnType<typeof createTestClock>,
  done: () => boolean | Promise<boolean>,
  stepMs = 500,
) {
  for (let i = 0; i < 2000; i++) {
    if (await done()) return
    await clock.advance(stepMs)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  assert.fail('it never happened')
}

async function fixture(t: TestContext) {
  const clock = createTestClock()
  const { url, db } = await testDatabase(t)
  const node = () => testPlatform(t, url, { clock })
  const enqueue = (platform: ReturnType<typeof node>, id: string, dueAtMs?: number) =>
    platform.db.transaction((tx) =>
      platform.jobs.enqueue(tx, 'mail', { id, payload: { id }, ...(dueAtMs ? { dueAtMs } : {}) }),
    )
  const waiting = async () =>
    (await db.rows<{ id: string }>(sql`select id from platform.job order by id`)).map(({ id }) => id)
  return { clock, db, node, enqueue, waiting }
}

test('a job runs after its transaction committed, and not at all when it rolled back', async (t) => {
  const { clock, node, enqueue, waiting } = await fixture(t)
  const worker = node()
  const ran: unknown[] = []
  worker.jobs.handle('mail', async (payload) => void ran.push(payload))
  await worker.start()
  await assert.rejects(
    worker.db.transaction(async (tx) => {
      await worker.jobs.enqueue(tx, 'mail', { id: 'never', payload: null })
      throw new Error('rolled back')
    }),
  )
  await enqueue(worker, 'a')
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  assert.deepEqual(ran, [{ id: 'a' }])
})

test('many nodes share the work and none is done twice', async (t) => {
  const { clock, node, enqueue, waiting } = await fixture(t)
  const ran: string[] = []
  const nodes = [node(), node(), node()]
  for (const worker of nodes) {
    worker.jobs.handle('mail', async (_payload, job) => void ran.push(`attempt ${job.attempt}`))
    await worker.start()
  }
  for (let i = 0; i < 60; i++) await enqueue(nodes[0] ?? node(), `job-${i}`)
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  assert.equal(ran.length, 60)
})

test('a failing job is tried again, later each time, and says why', async (t) => {
  const { clock, db, node, enqueue, waiting } = await fixture(t)
  const worker = node()
  const at: number[] = []
  worker.jobs.handle('mail', async () => {
    at.push(clock.now())
    if (at.length < 4) throw new Error('mailbox full')
  })
  await worker.start()
  await enqueue(worker, 'a')
  await advanceUntil(clock, () => at.length === 2)
  const [row] = await db.rows<{ last_error: string }>(sql`select last_error from platform.job`)
  assert.equal(row?.last_error, 'mailbox full')
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0))
  for (const [i, waitMs] of waits.entries()) assert(waitMs >= 1000 * 2 ** i, `waits: ${waits}`)
})

test('the job of a node that died is run by another, and the dead one can no longer finish it', async (t) => {
  const { clock, db, node, enqueue, waiting } = await fixture(t)
  const [dying, heir] = [node(), node()]
  const log: string[] = []
  const revived = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  dying.jobs.handle('mail', async () => {
    log.push('dying began')
    await revived.promise
    log.push('dying ended')
  })
  await dying.start()
  await enqueue(dying, 'a')
  await advanceUntil(clock, () => log.includes('dying began'))
  // As if it had been cut off for longer than its lease: it takes no more jobs, and still believes that it has this one.
  const ended = dying.jobs.close()
  await db.run(sql`update platform.job set leased_until_ms = 0, fence = fence + 1`)
  heir.jobs.handle('mail', async (_payload, job) => {
    log.push(`heir began attempt ${job.attempt}`)
    await release.promise
  })
  await heir.start()
  await advanceUntil(clock, () => log.includes('heir began attempt 2'))
  revived.resolve()
  await ended
  assert.deepEqual(await waiting(), ['a'])
  release.resolve()
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  assert.deepEqual(log, ['dying began', 'heir began attempt 2', 'dying ended'])
})

test('a slow job does not hold up the others', async (t) => {
  const { clock, node, enqueue, waiting } = await fixture(t)
  const worker = node()
  const release = Promise.withResolvers<void>()
  worker.jobs.handle('mail', async (payload) => {
    if (JSON.stringify(payload).includes('slow')) await release.promise
  })
  await worker.start()
  await enqueue(worker, 'slow')
  for (let i = 0; i < 20; i++) await enqueue(worker, `quick-${i}`)
  await advanceUntil(clock, async () => (await waiting()).length === 1)
  assert.deepEqual(await waiting(), ['slow'])
  release.resolve()
})

test('runs that never end are told to, lose their places, and their jobs are run again', async (t) => {
  const { clock, node, enqueue, waiting } = await fixture(t)
  const worker = node()
  const told: unknown[] = []
  worker.jobs.handle('mail', async (payload, { attempt, signal }) => {
    if (attempt > 1 || JSON.stringify(payload).includes('quick')) return
    signal.addEventListener('abort', () => told.push(signal.reason.message))
    await new Promise(() => undefined)
  })
  await worker.start()
  // As many as a node runs at once.
  for (let i = 0; i < 16; i++) await enqueue(worker, `hanging-${i}`)
  await enqueue(worker, 'quick', clock.now() + 60_000)
  await advanceUntil(clock, async () => (await waiting()).length === 0, 3_000)
  assert.deepEqual(new Set(told), new Set(['the run took too long and was given up']))
  assert.equal(told.length, 16)
})

test('enqueuing a waiting id again replaces what it will do', async (t) => {
  const { clock, node, waiting } = await fixture(t)
  const worker = node()
  const ran: unknown[] = []
  worker.jobs.handle('mail', async (payload) => void ran.push(payload))
  for (const text of ['first', 'second']) {
    await worker.db.transaction((tx) => worker.jobs.enqueue(tx, 'mail', { id: 'a', payload: text }))
  }
  await worker.start()
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  assert.deepEqual(ran, ['second'])
})

test('a repeated job goes on repeating, on one node at a time, also after failing', async (t) => {
  const { clock, node } = await fixture(t)
  let runs = 0
  let running = 0
  for (const worker of [node(), node()]) {
    worker.jobs.repeat('sweep', 10_000, async () => {
      running++
      assert.equal(running, 1)
      runs++
      running--
      if (runs === 2) throw new Error('once')
    })
    await worker.start()
  }
  await advanceUntil(clock, () => runs >= 4)
})

test('what is gathered of a job that is enqueued again holds what all of them said', async (t) => {
  const { clock, db, node, waiting } = await fixture(t)
  const worker = node()
  const enqueue = (before: string) =>
    db.transaction((tx) =>
      worker.jobs.enqueue(tx, 'mail', {
        id: 'a',
        payload: { before: [before], last: before },
        gather: 'before',
      }),
    )
  for (const name of ['one', 'two', 'three']) await enqueue(name)
  const ran: unknown[] = []
  worker.jobs.handle('mail', async (payload) => void ran.push(payload))
  await worker.start()
  await advanceUntil(clock, async () => (await waiting()).length === 0)
  assert.deepEqual(ran, [{ before: ['one', 'two', 'three'], last: 'three' }])
})
