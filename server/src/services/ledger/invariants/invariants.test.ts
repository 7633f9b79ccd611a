import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { holdStep, type LedgerFixture, ledgerFixture, request, transferStep } from '../testing.ts'
import { readFindings, settleFinding } from './findings.ts'

/** Changes the books behind the ledger's back, as somebody with all rights on the database could. */
async function tamper({ db }: LedgerFixture, text: string): Promise<void> {
  await db.transaction((tx) => tx.script(`set local session_replication_role = replica; ${text}`))
}

async function booksWith(fixture: LedgerFixture): Promise<void> {
  await fixture.account('alice', 1000n)
  await fixture.account('bob')
  await fixture.post(transferStep('alice', 'bob', 300n))
  await fixture.post(holdStep('h', 'alice', 'bob', 100n))
  await fixture.post({ kind: 'capture', hold: 'h', amount: 40n })
}

test('what happened can be neither changed nor deleted', async (t) => {
  const fixture = await ledgerFixture(t)
  await booksWith(fixture)
  await fixture.ledger.check()
  for (const table of ['entry', 'posting', 'batch', 'block'])
    for (const text of [
      `delete from ledger.${table}`,
      `truncate ledger.${table}`,
      `update ledger.${table} set book = 1`,
    ])
      await assert.rejects(
        fixture.db.transaction((tx) => tx.script(text)),
        { code: '42501' },
        text,
      )
})

const attacks = {
  'a balance is raised': `update ledger.account set balance = balance + 1 where id = 'bob'`,
  'money appears in the open': `update ledger.account set balance = balance + 1 where id = 'mint KRW'`,
  'a hold is forgotten': `update ledger.account set held = 0 where id = 'alice'`,
  'an amount is changed': `update ledger.entry set amount = 301 where kind = 'transfer' and payee = 'bob'`,
  'an entry goes': `delete from ledger.entry where kind = 'capture'`,
  'a posting goes': `delete from ledger.posting where account = 'bob' and amount = 300`,
  'a hold has more captured': `update ledger.hold set captured = 41`,
  'a batch is rewritten': `update ledger.batch set digest = 'x' where number = (select max(number) from ledger.batch)`,
  'a block is rewritten': `update ledger.block set hash = 'x' where number = 1`,
}

for (const [name, text] of Object.entries(attacks))
  test(`the check finds it when ${name}, and nothing is written until an operator has settled it`, async (t) => {
    const fixture = await ledgerFixture(t)
    const { ledger, other, db, balance } = fixture
    await booksWith(fixture)
    assert.deepEqual(await ledger.check(), [])
    await tamper(fixture, text)
    assert.notDeepEqual((await other.verify()).findings, [])
    assert.notDeepEqual(await ledger.check(), [])
    const more = request('more', transferStep('alice', 'bob', 1n))
    await assert.rejects(other.post(more), { code: 'ledger.stopped', status: 503 })
    // Reading goes on, and so does repeating what was carried out before.
    await balance('bob')
    assert.equal((await other.find('test', 'fixture 2'))?.entries.length, 1)
    for (const { number } of await readFindings(db, 0))
      await settleFinding({ db, clock: createTestClock() }, 0, number, {
        state: 'accepted',
        because: 'a test',
      })
    await ledger.check()
    await other.post(more)
  })

test('batches are sealed once, in the order of their commits, and each day is signed', async (t) => {
  const clock = createTestClock(Date.UTC(2026, 10, 23, 12))
  const fixture = await ledgerFixture(t, { clock })
  const { ledger, other, db } = fixture
  await booksWith(fixture)
  await Promise.all([ledger.check(), other.check()])
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? ledger : other).post(request(`more ${index}`, transferStep('alice', 'bob', 1n))),
    ),
  )
  await ledger.check()
  assert.deepEqual(await ledger.closeDays(), [])
  clock.jump(86_400_000)
  assert.deepEqual((await Promise.all([ledger.closeDays(), other.closeDays()])).flat(), ['2026-11-23'])
  const verified = await ledger.verify()
  assert.deepEqual(verified.findings, [])
  assert.equal(verified.days, 1)
  const [{ left } = { left: -1 }] = await db.rows<{ left: number }>(
    sql`select count(*) as left from ledger.unsealed_batch`,
  )
  assert.equal(left, 0)
  await tamper(fixture, `update ledger.day set sheet = (sheet::jsonb || '{"entries": 1}')::json`)
  assert.equal((await ledger.verify()).findings.length, 2)
})
