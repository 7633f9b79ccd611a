import type { App } from '../../../platform/http/http.ts'
import type { WalletService } from '../service.ts'
import { askRoutes } from './asks.ts'
import { bankRoutes } from './bank.ts'
import { counterRoutes } from './counter.ts'
import { linkRoutes, recipientRoutes, remittanceRoutes } from './remittances.ts'
import { historyRoutes, walletRoutes } from './wallets.ts'

export function allWalletRoutes(app: App, wallet: WalletService): void {
  walletRoutes(app, wallet)
  historyRoutes(app, wallet)
  bankRoutes(app, wallet)
  recipientRoutes(app, wallet)
  remittanceRoutes(app, wallet)
  linkRoutes(app, wallet)
  askRoutes(app, wallet)
  counterRoutes(app, wallet)
}
