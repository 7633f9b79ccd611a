import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { decimalOf } from '../../../platform/money/currencies.ts'
import type { Account } from '../api.ts'
import { readAllAccounts } from '../operations/read-accounts.ts'

export const formats = ['hledger', 'beancount'] as const
export type Format = (typeof formats)[number]

type Line = {
  position: number
  atMs: number
  scope: string
  id: string
  currency: string
  payer: string
  payee: string
  amount: bigint
  payerBalance: bigint
  payeeBalance: bigint
}

const pageSize = 1000
const roots = {
  asset: 'Assets',
  liability: 'Liabilities',
  equity: 'Equity',
  income: 'Income',
  expense: 'Expenses',
}

/**
 * The journal as a file of another program, which then adds it up by itself: every transfer and capture, in the order of
 * the journal. Bookkeepers count debits as positive, so signs are the opposite of ours. hledger is told every running
 * balance to compare with. https://hledger.org/hledger.html https://beancount.github.io/docs/beancount_language_syntax.html
 */
export async function* exportJournal(db: Database, book: number, format: Format): AsyncGenerator<string> {
  const names = new Map<string, string>()
  yield format === 'hledger' ? 'decimal-mark .\n' : 'option "title" "Dure"\n'
  for (let after = ''; ; ) {
    const page = await readAllAccounts(db, book, after, pageSize)
    for (const account of page) {
      names.set(account.id, exportName(account))
      yield format === 'hledger'
        ? `account ${exportName(account)}\n`
        : `${dateOf(account.openedAtMs)} open ${exportName(account)} ${account.currency}\n  id: ${quote(account.id)}\n`
    }
    after = page.at(-1)?.id ?? after
    if (page.length < pageSize) break
  }
  const nameOf = (id: string) => names.get(id) ?? id
  for (let after = -1; ; ) {
    const page = await readLines(db, book, after)
    for (const line of page) yield format === 'hledger' ? hledger(line, nameOf) : beancount(line, nameOf)
    after = page.at(-1)?.position ?? after
    if (page.length < pageSize) break
  }
}

/** The account's name there. Both programs allow little in names, so all but letters and digits is written as -hex-. */
export function exportName({ id, kind, currency }: Pick<Account, 'id' | 'kind' | 'currency'>): string {
  const plain = id.replace(/[^A-Za-z0-9]/gu, (character) => `-${character.codePointAt(0)?.toString(16)}-`)
  return `${roots[kind]}:${currency}:X${plain}`
}

function readLines(db: Database, book: number, after: number): Promise<Line[]> {
  return db.rows<Line>(sql`
    select entry.position, entry.at_ms as "atMs", entry.scope, entry.id, entry.currency, entry.payer, entry.payee,
      entry.amount::numeric as amount, paid.balance::numeric as "payerBalance", received.balance::numeric as "payeeBalance"
    from ledger.entry
    join ledger.posting as paid on paid.book = entry.book and paid.account = entry.payer and paid.at_ms = entry.at_ms
      and paid.position = entry.position
    join ledger.posting as received on received.book = entry.book and received.account = entry.payee
      and received.at_ms = entry.at_ms and received.position = entry.position
    where entry.book = ${book} and entry.position > ${after} and entry.kind in ('transfer', 'capture')
    order by entry.position limit ${pageSize}`)
}

function hledger(line: Line, nameOf: (id: string) => string): string {
  const { currency } = line
  const money = (minorUnits: bigint) => `${decimalOf(minorUnits, currency)} ${currency}`
  return `
${dateOf(line.atMs)} * ${line.scope}/${line.id}
  ${nameOf(line.payer)}  ${money(line.amount)} = ${money(-line.payerBalance)}
  ${nameOf(line.payee)}  ${money(-line.amount)} = ${money(-line.payeeBalance)}
`
}

function beancount(line: Line, nameOf: (id: string) => string): string {
  const { currency } = line
  return `
${dateOf(line.atMs)} * ${quote(`${line.scope}/${line.id}`)}
  ${nameOf(line.payer)}  ${decimalOf(line.amount, currency)} ${currency}
  ${nameOf(line.payee)}  ${decimalOf(-line.amount, currency)} ${currency}
`
}

function dateOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
