import type { TestContext } from 'node:test'
import { type Clock, systemClock } from '../../platform/clock.ts'
import { loadConfiguration } from '../../platform/config/load.ts'
import type { Database } from '../../platform/db/database.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import { testPlatform } from '../../platform/testing/platform.ts'
import { identitySettings } from '../identity/config.ts'
import { createIdentity } from '../identity/service.ts'
import type { LedgerService } from '../ledger/service.ts'
import { ledgerFixture, ledgerNode, openStep } from '../ledger/testing.ts'
import { readLimits, type WalletSettings, walletSettings } from './config.ts'
import { createWallet, type WalletService } from './service.ts'

const defaults = loadConfiguration(
  { identity: identitySettings, wallet: walletSettings },
  { file: undefined, environment: {} },
)

export const walletSettingsForTests: WalletSettings = {
  ...defaults.wallet,
  currencies: readLimits('KRW 1000000 3000000 5000000, USD 100000 300000 500000'),
}

export type WalletFixture = {
  /** Two nodes on one database. */
  wallet: WalletService
  other: WalletService
  ledger: LedgerService
  db: Database
  url: string
  /** A person with this much in their wallet. */
  person(userId: string, money?: bigint, currency?: string): Promise<string>
  /** An account that can be paid. */
  shop(account: string, money?: bigint): Promise<string>
  balance(account: string): Promise<bigint>
}

export async function walletFixture(t: TestContext, options: { clock?: Clock } = {}): Promise<WalletFixture> {
  const { clock = systemClock } = options
  const books = await ledgerFixture(t, { clock })
  const { url } = books
  const wallet = walletNode(t, url, clock, books.ledger)
  let gifts = 0
  return {
    wallet,
    other: walletNode(t, url, clock, ledgerNode(t, url, clock)),
    ledger: books.ledger,
    db: books.db,
    url,
    async person(userId, money = 0n, currency = 'KRW') {
      const account = await wallet.accountOf(userId, currency)
      if (money > 0n) {
        gifts += 1
        const payer = `mint for wallets ${currency}`
        const open = openStep(payer, { currency, floor: null, accountKind: 'asset' })
        await books.ledger.post({ scope: 'test', id: `open ${payer}`, steps: [open] })
        const step = { kind: 'transfer', payer, payee: account, currency, amount: money } as const
        await books.ledger.post({ scope: 'test', id: `gift ${gifts}`, steps: [step] })
      }
      return account
    },
    shop: (account, money) => books.account(account, money),
    balance: books.balance,
  }
}

/** A node of its own, with connections of its own, that works on this ledger. Its jobs wait: nobody starts them. */
export function walletNode(t: TestContext, url: string, clock: Clock, ledger: LedgerService): WalletService {
  const platform = testPlatform(t, url, { clock })
  const identity = createIdentity({
    ...platform,
    limits: createRateLimits(platform, {}, false),
    settings: defaults.identity,
    serverName: 'dure.test',
    publicUrl: 'http://dure.test',
    mailer: { available: false, send: async () => undefined },
    claims: { holderOf: () => undefined, isTaken: () => false, askForUsers: async () => false },
  })
  return createWallet({ ...platform, ledger, identity, settings: walletSettingsForTests })
}
