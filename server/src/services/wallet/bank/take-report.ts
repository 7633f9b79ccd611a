import { sql } from '../../../platform/db/sql.ts'
import { scope } from '../names.ts'
import { memoMetadata } from '../payments/check.ts'
import { bankClient, bankMemo, type CarryOutDeps, giveBack } from './carry-out.ts'
import { collectDebt } from './debts.ts'
import { type BankOrder, type BankOrderState, changeState, orderOf } from './orders.ts'
import type { RailReport } from './rail.ts'

const reportsAtOnce = 200
const underWay: readonly BankOrderState[] = ['accepted', 'submitted']

/** Puts each new report into a job of its own, so that one that cannot be taken now holds up no other. */
export async function fetchReports({ db, jobs, rail }: CarryOutDeps): Promise<void> {
  for (;;) {
    const [progress] = await db.rows<{ after: number }>(
      sql`select after from wallet.bank_progress where rail = ${rail.name}`,
    )
    const reports = await rail.reports(progress?.after ?? 0, reportsAtOnce)
    const last = reports.at(-1)
    if (!last) return
    await db.transaction(async (tx) => {
      for (const report of reports) {
        const payload = {
          reference: report.reference,
          outcome: report.outcome,
          reason: report.reason ?? null,
        }
        await jobs.enqueue(tx, 'wallet.bank_report', { id: `${rail.name}/${report.number}`, payload })
      }
      await tx.run(sql`
        insert into wallet.bank_progress as progress (rail, after) values (${rail.name}, ${last.number})
        on conflict (rail) do update set after = greatest(progress.after, excluded.after)`)
    })
    jobs.wake()
    if (reports.length < reportsAtOnce) return
  }
}

/** Does what a report says, once, however often and in whatever order reports come. */
export async function takeReport(deps: CarryOutDeps, report: Omit<RailReport, 'number'>): Promise<void> {
  const { reference, outcome, reason } = report
  const order = await orderOf(deps.db, reference)
  // Of an order that is not ours, or that was rejected here and never submitted.
  if (!order) return
  if (outcome === 'rejected') return reject(deps, order, reason)
  // News of a return says that the order was settled, even if that news has not come yet.
  if (underWay.includes(order.state)) await settle(deps, order)
  if (outcome === 'returned' && order.state !== 'rejected') await takeBack(deps, order, reason)
}

async function reject(deps: CarryOutDeps, order: BankOrder, reason = 'rejected'): Promise<void> {
  if (!underWay.includes(order.state)) return
  if (order.direction === 'out') await giveBack(deps, order.reference)
  await changeState(deps, order.reference, { from: underWay, to: 'rejected', reason })
}

async function settle(deps: CarryOutDeps, order: BankOrder): Promise<void> {
  const { reference, userId, currency, amount } = order
  if (order.direction === 'in') {
    await deps.payments.credit({
      client: bankClient,
      id: reference,
      userId,
      payer: await deps.accounts.bank(currency),
      currency,
      amount,
      memo: bankMemo('top_up', order),
    })
  } else {
    const memo = bankMemo('withdrawal', order)
    await deps.payments.capture({ client: bankClient, id: reference, authorization: reference, amount, memo })
  }
  await changeState(deps, reference, { from: underWay, to: 'settled' })
}

/** What was paid out is put back. What was paid in is owed, and taken from the wallet as far as there is something in it. */
async function takeBack(deps: CarryOutDeps, order: BankOrder, reason = 'returned'): Promise<void> {
  const { reference, userId, currency, amount } = order
  const change = { from: ['settled'], to: 'returned', reason } as const
  const payer = await deps.accounts.bank(currency)
  if (order.direction === 'out') {
    const memo = bankMemo('withdrawal_returned', order)
    const id = `return-${reference}`
    await deps.payments.credit({ client: bankClient, id, userId, payer, currency, amount, memo })
    await changeState(deps, reference, change)
    return
  }
  const debt = await deps.accounts.debt(userId, currency)
  const note = { metadata: memoMetadata(bankMemo('top_up_returned', order)), reference }
  const step = { kind: 'transfer', payer: debt, payee: payer, currency, amount, ...note } as const
  await deps.ledger.post({ scope, id: `return/${reference}`, steps: [step] })
  await deps.db.transaction(async (tx) => {
    if (!(await changeState({ db: tx, clock: deps.clock }, reference, change))) return
    await tx.run(sql`
      update wallet.purse set debt = debt + ${amount} where user_id = ${userId} and currency = ${currency}`)
  })
  await collectDebt(deps, userId, currency)
}
