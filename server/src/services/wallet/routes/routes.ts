import type { App } from '../../../platform/http/http.ts'
import type { WalletService } from '../service.ts'
import { bankRoutes } from './bank.ts'
import { historyRoutes, walletRoutes } from './wallets.ts'

export function allWalletRoutes(app: App, wallet: WalletService): void {
  walletRoutes(app, wallet)
  historyRoutes(app, wallet)
  bankRoutes(app, wallet)
}
