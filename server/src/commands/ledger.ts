import { parseArgs } from 'node:util'
import { Registry } from 'prom-client'
import { readConfiguration } from '../configuration.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import type { Database } from '../platform/db/database.ts'
import { createLog } from '../platform/log.ts'
import { decimalOf } from '../platform/money/currencies.ts'
import { systemRandom } from '../platform/random.ts'
import { Refusal } from '../platform/refusal.ts'
import { loadSigningKey } from '../services/identity/operations/load-signing-key.ts'
import { exportJournal, type Format, formats } from '../services/ledger/export/export-journal.ts'
import { readProgress } from '../services/ledger/invariants/check-continuously.ts'
import { readFindings, settleFinding } from '../services/ledger/invariants/findings.ts'
import { createLedger, type LedgerService, mainBook } from '../services/ledger/service.ts'
import { withDatabase } from './database.ts'

const usage = `usage: ledger status
       ledger verify
       ledger settle <number> --repaired|--accepted --because <text>
       ledger accounts <owner>
       ledger statement <account>
       ledger export --format hledger|beancount
`

type Run = (site: { db: Database; ledger: LedgerService }) => Promise<number>

/** `ledger ...`: what operators see of the books and do about them. The node need not run. */
export async function ledgerCommand(words: readonly string[]): Promise<number> {
  const run = parse(words)
  if (!run) {
    process.stderr.write(usage)
    return 2
  }
  const configuration = readConfiguration(environment)
  const log = createLog('warn')
  const { serverName } = configuration.core
  return withDatabase(configuration, log, async (db) => {
    const key = await loadSigningKey({ db, clock: systemClock, random: systemRandom })
    const metrics = new Registry()
    const ledger = createLedger({ db, clock: systemClock, log, metrics, signer: { serverName, key } })
    try {
      return await run({ db, ledger })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return complain(error.message)
    }
  })
}

function parse([verb, ...words]: readonly string[]): Run | undefined {
  const [subject, ...more] = words
  if (verb === 'status' && words.length === 0) return ({ db }) => status(db)
  if (verb === 'verify' && words.length === 0) return ({ ledger }) => verify(ledger)
  if (verb === 'settle') return parseSettle(words)
  if (verb === 'export') return parseExport(words)
  if (subject === undefined || more.length > 0) return undefined
  if (verb === 'accounts') return ({ ledger }) => accounts(ledger, subject)
  if (verb === 'statement') return ({ ledger }) => statement(ledger, subject)
  return undefined
}

function parseSettle(words: readonly string[]): Run | undefined {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    strict: false,
    options: { repaired: { type: 'boolean' }, accepted: { type: 'boolean' }, because: { type: 'string' } },
  })
  const { repaired = false, accepted = false, because } = values
  const [number = ''] = positionals
  if (
    repaired === accepted ||
    typeof because !== 'string' ||
    because === '' ||
    !/^[1-9]\d{0,14}$/.test(number)
  )
    return undefined
  return async ({ db }) => {
    const settlement = { state: repaired ? 'repaired' : 'accepted', because } as const
    const settled = await settleFinding({ db, clock: systemClock }, mainBook, Number(number), settlement)
    return settled ? status(db) : complain(`there is no open finding ${number}`)
  }
}

function parseExport(words: readonly string[]): Run | undefined {
  const [option, format] = words
  if (option !== '--format' || words.length !== 2 || !formats.some((known) => known === format))
    return undefined
  return async ({ db }) => {
    for await (const part of exportJournal(db, mainBook, format as Format)) process.stdout.write(part)
    return 0
  }
}

async function status(db: Database): Promise<number> {
  const findings = await readFindings(db, mainBook)
  const open = findings.filter(({ state }) => state === 'open')
  const { checkedBlock, rounds } = await readProgress(db, mainBook)
  for (const { number, state, text, foundAtMs, settledBecause } of findings)
    print(
      `${number}\t${state}\t${new Date(foundAtMs).toISOString()}\t${text}${settledBecause ? ` (${settledBecause})` : ''}`,
    )
  print(`checked up to block ${checkedBlock}, ${rounds} rounds over all accounts`)
  print(
    open.length === 0 ? 'the books are written to' : `nothing is written: ${open.length} findings are open`,
  )
  return open.length === 0 ? 0 : 1
}

async function verify(ledger: LedgerService): Promise<number> {
  const { findings, ...counts } = await ledger.verify()
  for (const finding of findings) print(finding)
  const seen = Object.entries(counts).map(([what, count]) => `${count} ${what}`)
  print(`${findings.length === 0 ? 'the books are right' : 'the books are wrong'}: ${seen.join(', ')}`)
  return findings.length === 0 ? 0 : 1
}

async function accounts(ledger: LedgerService, owner: string): Promise<number> {
  for (const { id, kind, currency, balance, held, frozen, closed } of await ledger.accountsOf(owner)) {
    const amounts = `${decimalOf(balance, currency)}\t${decimalOf(held, currency)} held`
    print([id, kind, currency, amounts, closed ? 'closed' : `frozen: ${frozen}`].join('\t'))
  }
  return 0
}

async function statement(ledger: LedgerService, account: string): Promise<number> {
  const { currency } = await ledger.account(account)
  const { lines } = await ledger.statement(account)
  for (const { amount, balance, entry } of lines) {
    const money = `${decimalOf(amount, currency)}\t${decimalOf(balance, currency)} ${currency}`
    const other = entry.payer === account ? entry.payee : entry.payer
    print(
      [new Date(entry.atMs).toISOString(), money, entry.kind, other, `${entry.scope}/${entry.id}`].join('\t'),
    )
  }
  return 0
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): number {
  process.stderr.write(`${line}\n`)
  return 1
}
