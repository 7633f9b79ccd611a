import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Identity } from '../identity/api.ts'
import type { Ledger } from '../ledger/api.ts'
import type { Wallet } from './api.ts'
import { type Asks, createAsks } from './asks/asks.ts'
import { type Bank, createBank } from './bank/bank.ts'
import { createSimulatedRail, type SimulatedRail } from './bank/simulated-rail.ts'
import { createSystemAccounts } from './bank/system-accounts.ts'
import type { WalletSettings } from './config.ts'
import { type Codes, createCodes } from './counter/codes.ts'
import { createOfflineKeys, type OfflineKeys } from './counter/offline-keys.ts'
import { createHistory, type History } from './history/history.ts'
import { createCalendar } from './payments/days.ts'
import { createPayments } from './payments/pay.ts'
import { createSpendings } from './payments/spend.ts'
import { createPeople, type People } from './people/people.ts'
import { describePurse, freezePurse, limitPurse, type Purse } from './purses/describe.ts'
import { createPurses } from './purses/purses.ts'

import { createRemittances, type Remittances } from './remittances/remittances.ts'

export type WalletDeps = {
  db: Database
  clock: Clock
  metrics: Registry
  jobs: Jobs
  ledger: Ledger
  identity: Identity
  settings: WalletSettings
}

/** What this service's own routes and jobs use beside the interface for other services. */
export type WalletService = Wallet & {
  /** Those in which people have wallets; the first is the one meant when none is named. */
  currencies: readonly string[]
  purse(userId: string, currency: string): Promise<Purse>
  freeze(userId: string, currency: string, frozen: boolean): Promise<void>
  limit(userId: string, currency: string, own: Purse['own']): Promise<void>
  history: History
  bank: Bank
  rail: SimulatedRail
  people: People
  remittances: Remittances
  asks: Asks
  codes: Pick<Codes, 'show' | 'forgetOld'>
  offlineKeys: Pick<OfflineKeys, 'renew' | 'end'>
  forgetSpendings(): Promise<void>
}

export function createWallet(deps: WalletDeps): WalletService {
  const { settings } = deps
  const dayOf = createCalendar(settings.timeZone)
  const purses = createPurses(deps)
  const spendings = createSpendings(deps, dayOf)
  const payments = createPayments({ ...deps, purses, spendings })
  const accounts = createSystemAccounts(deps)
  const rail = createSimulatedRail(deps)
  const people = createPeople(deps)
  const remittances = createRemittances({ ...deps, purses, payments, accounts, people })
  const offlineKeys = createOfflineKeys({ ...deps, purses })
  const { redeem, ...codes } = createCodes({ ...deps, purses, payments, offlineKeys })
  const shown = { ...deps, purses, dayOf }
  return {
    accountOf: purses.open,
    ...payments,
    redeem,
    codes,
    offlineKeys,
    currencies: [...settings.currencies.keys()],
    purse: (userId, currency) => describePurse(shown, userId, currency),
    freeze: (userId, currency, frozen) => freezePurse(shown, userId, currency, frozen),
    limit: (userId, currency, own) => limitPurse(shown, userId, currency, own),
    history: createHistory({ ...deps, monthOf: (atMs) => dayOf(atMs).slice(0, 7) }),
    bank: createBank({ ...deps, purses, payments, accounts, rail }),
    rail,
    people,
    remittances,
    asks: createAsks({ ...deps, people, purses, remittances }),
    forgetSpendings: spendings.forgetOld,
  }
}
