import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { BankRail, RailOutcome, RailReport } from './rail.ts'

type Plan = readonly { afterMs: number; outcome: RailOutcome; reason?: string }[]

/** What the simulated bank does, by the last two digits of the bank account. All others are settled after a second. */
const plans: Readonly<Record<string, Plan>> = {
  '01': [{ afterMs: 1_000, outcome: 'rejected', reason: 'account_unknown' }],
  '02': [{ afterMs: 1_000, outcome: 'rejected', reason: 'funds_insufficient' }],
  // The same news twice.
  '03': [
    { afterMs: 1_000, outcome: 'settled' },
    { afterMs: 1_500, outcome: 'settled' },
  ],
  '04': [
    { afterMs: 1_000, outcome: 'settled' },
    { afterMs: 60_000, outcome: 'returned', reason: 'objected' },
  ],
  '05': [{ afterMs: 3_600_000, outcome: 'settled' }],
  // News of the return arrives twice, and once more after that of the settlement.
  '06': [
    { afterMs: 1_000, outcome: 'settled' },
    { afterMs: 60_000, outcome: 'returned', reason: 'account_closed' },
    { afterMs: 60_500, outcome: 'settled' },
    { afterMs: 61_000, outcome: 'returned', reason: 'account_closed' },
  ],
}
const usual: Plan = [{ afterMs: 1_000, outcome: 'settled' }]
const reportsLock = 0x7261696c // 'rail'
const atOnce = 500

export type SimulatedRail = BankRail & {
  /** Reports what is due by now. */
  work(): Promise<void>
}

/**
 * A bank for trying things out: it behaves by the number of the bank account, so that the same order always meets the
 * same fate. Its books are in the database, so that any node can be the bank, and it forgets nothing when nodes die.
 */
export function createSimulatedRail({ db, clock }: { db: Database; clock: Clock }): SimulatedRail {
  return {
    name: 'simulated',
    async submit({ reference, direction, currency, amount, bankAccount }) {
      const now = clock.now()
      const plan = plans[bankAccount.slice(-2)] ?? usual
      await db.transaction(async (tx) => {
        const taken = await tx.run(sql`
          insert into wallet.simulated_order (reference, direction, currency, amount, bank_account, taken_at_ms)
          values (${reference}, ${direction}, ${currency}, ${amount}, ${bankAccount}, ${now}) on conflict do nothing`)
        if (taken === 0) return
        await tx.run(sql`
          insert into wallet.simulated_report (reference, step, outcome, reason, due_at_ms)
          select ${reference}, * from unnest(${plan.map((_, step) => step)}::smallint[],
            ${plan.map(({ outcome }) => outcome)}::text[], ${plan.map(({ reason }) => reason ?? null)}::text[],
            ${plan.map(({ afterMs }) => now + afterMs)}::bigint[])`)
      })
    },
    async work() {
      await db.transaction(async (tx) => {
        // Numbers become visible in their order: whoever has read one has missed none below it.
        await tx.run(sql`select pg_advisory_xact_lock(${reportsLock})`)
        await tx.run(sql`
          with due as (
            select reference, step, row_number() over (order by due_at_ms, reference, step) as place
            from wallet.simulated_report where number is null and due_at_ms <= ${clock.now()}
            order by due_at_ms, reference, step limit ${atOnce}
          )
          update wallet.simulated_report as report
          set number = (select coalesce(max(number), 0) from wallet.simulated_report) + due.place
          from due where report.reference = due.reference and report.step = due.step`)
      })
    },
    async reports(after, limit) {
      const rows = await db.rows<Omit<RailReport, 'reason'> & { reason: string | null }>(sql`
        select number, reference, outcome, reason from wallet.simulated_report
        where number > ${after} order by number limit ${limit}`)
      return rows.map(({ reason, ...report }) => (reason === null ? report : { ...report, reason }))
    },
  }
}
