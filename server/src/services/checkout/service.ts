import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { RateLimits } from '../../platform/http/rate-limits.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import type { Random } from '../../platform/random.ts'
import type { Identity } from '../identity/api.ts'
import type { Ledger } from '../ledger/api.ts'
import type { Wallet } from '../wallet/api.ts'
import type { CheckoutSettings } from './config.ts'
import { merchantOf } from './documents.ts'
import { forget } from './jobs/forget.ts'
import { settleDays } from './jobs/settle-days.ts'
import { takeUpDue } from './jobs/take-up-due.ts'
import { createKeys, type Keys } from './merchants/api-keys.ts'
import { createKnownMerchants, type KnownMerchants } from './merchants/known-merchants.ts'
import { createTestPurses } from './money/test-purses.ts'
import { createShopAccounts, type Tills } from './money/till.ts'
import type { PageDeps } from './page/routes.ts'
import { createStore } from './store/change.ts'
import { gatherCharges } from './store/read.ts'
import { present, presentEvent } from './stripe/present.ts'
import { deliver, type Line, replay } from './webhooks/deliver.ts'

export type CheckoutService = {
  /** What operations and routes work with. */
  deps: PageDeps & {
    outgoing: Outgoing
    keys: Keys
    merchants: KnownMerchants
    limits: RateLimits
    replayEvent(shop: string, event: string): Promise<number>
  }
  /** Background work, for the jobs that `app.ts` wires: each may run at several nodes at once without harm. */
  takeUpDue(signal?: AbortSignal): Promise<number>
  settleDays(): Promise<number>
  forget(): Promise<void>
}

export type CheckoutGiven = {
  db: Database
  clock: Clock
  random: Random
  log: Log
  metrics: Registry
  jobs: Jobs
  limits: RateLimits
  outgoing: Outgoing
  ledger: Ledger
  /** Books of their own, for the test sides of all shops. */
  testLedger: Ledger
  wallet: Wallet
  identity: Identity
  settings: CheckoutSettings
  publicUrl: string
}

export function createCheckout(given: CheckoutGiven): CheckoutService {
  const { db, publicUrl, ledger, testLedger, wallet } = given
  const links = { publicUrl }
  const tills: Tills = {
    live: { ledger, purses: wallet },
    test: { ledger: testLedger, purses: createTestPurses(testLedger) },
  }
  const merchants = createKnownMerchants(given)
  const deps = {
    ...given,
    tills,
    store: createStore({ ...given, present: presentEvent }),
    keys: createKeys(given),
    openAccount: createShopAccounts(),
    show: (document: Parameters<typeof present>[0]) => present(document, links),
    replayEvent: (shop: string, event: string) => replay(given, shop, event),
    merchants,
    titleOf: async (shop: string) => (await merchants.get(merchantOf(shop))).name,
    ownerOf: async (shop: string) => (await merchants.get(merchantOf(shop))).owner,
    charge: gatherCharges(db),
  }
  given.jobs.handle('checkout.deliver', (line, { signal }) => deliver(given, line as Line, signal))
  return {
    deps,
    takeUpDue: (signal) => takeUpDue(deps, signal),
    settleDays: () => settleDays(deps),
    forget: () => forget(deps),
  }
}
