import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { fold } from '../../../platform/folded-text.ts'
import type { Ledger, StatementLine } from '../../ledger/api.ts'
import { personAccount } from '../names.ts'

export type HistoryDeps = { db: Database; ledger: Ledger; monthOf: (atMs: number) => string }

const pageSize = 500

/**
 * Copies what the ledger's statement of a wallet has beyond what was copied before. An account's entries never go back in
 * time, so what is missing is at or after the newest that is there; each page is written whole, in order. Two that do this at
 * once write the same rows.
 */
export async function readOn(
  { db, ledger, monthOf }: HistoryDeps,
  userId: string,
  currency: string,
): Promise<void> {
  const [newest] = await db.rows<{ atMs: number }>(sql`
    select at_ms as "atMs" from wallet.activity where user_id = ${userId} and currency = ${currency}
    order by position desc limit 1`)
  const fromMs = newest?.atMs ?? 0
  let after: string | undefined
  do {
    const page = await ledger.statement(personAccount(userId, currency), {
      fromMs,
      order: 'oldest',
      limit: pageSize,
      ...(after !== undefined && { after }),
    })
    if (page.lines.length > 0)
      await write(
        db,
        userId,
        currency,
        page.lines.map((line) => rowOf(line, monthOf)),
      )
    after = page.next
  } while (after !== undefined)
}

type Row = ReturnType<typeof rowOf>

function rowOf({ amount, balance, entry }: StatementLine, monthOf: (atMs: number) => string) {
  const { kind = 'other', title = '', note, person } = entry.metadata ?? {}
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const shown = { title: text(title) ?? '', note: text(note), person: text(person) }
  return {
    position: entry.position,
    atMs: entry.atMs,
    month: monthOf(entry.atMs),
    amount,
    balance,
    kind: text(kind) ?? 'other',
    ...shown,
    request: `${entry.scope}/${entry.id}`,
    search: fold([shown.title, shown.note ?? '', shown.person ?? ''].join('\n')),
  }
}

async function write(db: Database, userId: string, currency: string, rows: readonly Row[]): Promise<void> {
  await db.run(sql`
    insert into wallet.activity (user_id, currency, position, at_ms, month, amount, balance, kind, title, note, person,
      request, search)
    select ${userId}, ${currency}, * from unnest(
      ${rows.map(({ position }) => position)}::bigint[], ${rows.map(({ atMs }) => atMs)}::bigint[],
      ${rows.map(({ month }) => month)}::text[], ${rows.map(({ amount }) => amount)}::bigint[],
      ${rows.map(({ balance }) => balance)}::bigint[], ${rows.map(({ kind }) => kind)}::text[],
      ${rows.map(({ title }) => title)}::text[], ${rows.map(({ note }) => note)}::text[],
      ${rows.map(({ person }) => person)}::text[], ${rows.map(({ request }) => request)}::text[],
      ${rows.map(({ search }) => search)}::text[])
    on conflict do nothing`)
}
