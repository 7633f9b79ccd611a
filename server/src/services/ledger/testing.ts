import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { type Clock, systemClock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import { createLog } from '../../platform/log.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { openTestDatabase, testDatabase } from '../../platform/testing/database.ts'
import type { LedgerRequest, Posted, Step } from './api.ts'
import type { Signer } from './journal/close-days.ts'
import { createLedger, type LedgerService } from './service.ts'

export const signer: Signer = {
  serverName: 'dure.test',
  key: createSigningKey('test', new Uint8Array(32).fill(7)),
}

export type LedgerFixture = {
  /** Two nodes: services with connections of their own on one database. */
  ledger: LedgerService
  other: LedgerService
  db: Database
  url: string
  /** Opens an account, with money from the mint if wanted; its floor is 0 unless told. */
  account(id: string, money?: bigint, options?: { currency?: string; floor?: bigint | null }): Promise<string>
  /** Carries out these steps under an id that nothing else has. */
  post(...steps: Step[]): Promise<Posted>
  balance(id: string): Promise<bigint>
}

/** Money comes from the accounts `mint`, `mint USD` ..., which have no floor. */
export async function ledgerFixture(t: TestContext, options: { clock?: Clock } = {}): Promise<LedgerFixture> {
  const { url, db } = await testDatabase(t)
  const ledger = ledgerNode(t, url, options.clock)
  const other = ledgerNode(t, url, options.clock)
  let requests = 0

  function post(...steps: Step[]): Promise<Posted> {
    requests += 1
    return ledger.post({ scope: 'test', id: `fixture ${requests}`, steps })
  }

  async function mint(currency: string): Promise<string> {
    const id = `mint ${currency}`
    const open = openStep(id, { currency, floor: null, accountKind: 'asset' })
    await ledger.post({ scope: 'mint', id: `open ${currency}`, steps: [open] })
    return id
  }

  return {
    ledger,
    other,
    db,
    url,
    post,
    async account(id, money = 0n, { currency = 'KRW', floor = 0n } = {}) {
      await post(openStep(id, { currency, floor }))
      if (money > 0n)
        await post({ kind: 'transfer', payer: await mint(currency), payee: id, currency, amount: money })
      return id
    },
    balance: async (id) => (await ledger.account(id)).balance,
  }
}

/** A node of its own on a test database, closed when the test ends. */
export function ledgerNode(t: TestContext, url: string, clock: Clock = systemClock): LedgerService {
  const db = openTestDatabase(url)
  atEnd(t, () => db.close())
  return createLedger({ db, clock, log: createLog('silent'), metrics: new Registry(), signer })
}

export function openStep(
  account: string,
  options: Partial<Omit<Extract<Step, { kind: 'open' }>, 'kind' | 'account'>> = {},
): Step {
  const usual = {
    accountKind: 'liability',
    currency: 'KRW',
    owner: `owner of ${account}`,
    floor: 0n,
  } as const
  return { kind: 'open', account, ...usual, ...options }
}

export function transferStep(payer: string, payee: string, amount: bigint, currency = 'KRW'): Step {
  return { kind: 'transfer', payer, payee, currency, amount }
}

export function holdStep(
  hold: string,
  payer: string,
  payee: string,
  amount: bigint,
  expiresAtMs?: number,
): Step {
  const parties = { payer, payee, currency: 'KRW', amount }
  return { kind: 'hold', hold, ...parties, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) }
}

export function request(id: string, ...steps: Step[]): LedgerRequest {
  return { scope: 'test', id, steps }
}
