import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Ledger } from '../ledger/api.ts'
import type { Wallet } from './api.ts'
import type { WalletSettings } from './config.ts'
import { createPayments } from './payments/pay.ts'
import { createPurses } from './payments/purses.ts'
import { createSpendings } from './payments/spend.ts'

export type WalletDeps = {
  db: Database
  clock: Clock
  metrics: Registry
  ledger: Ledger
  settings: WalletSettings
}

export type WalletService = Wallet

export function createWallet(deps: WalletDeps): WalletService {
  const purses = createPurses(deps)
  const payments = createPayments({ ...deps, purses, spendings: createSpendings(deps) })
  return { accountOf: purses.open, ...payments }
}
