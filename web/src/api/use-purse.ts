import { useCallback } from 'react'
import type { WalletView } from '../../../server/src/services/wallet/wire.ts'
import { createStore } from './store.ts'
import { useAsked } from './use-asked.ts'
import { useStore } from './use-store.ts'
import { useWallet } from './wallet.ts'

const changes = createStore(0)

/** Everything that shows money asks anew. */
export function moneyChanged(): void {
  changes.set(changes.get() + 1)
}

/** Rises with every change of this device's making. */
export function useMoneyChanges(): number {
  return useStore(changes)
}

export type Purse = { purse: WalletView | undefined; error: unknown; again(): void }

/** The wallet in the currency that this server means when none is named. */
export function usePurse(): Purse {
  const wallet = useWallet()
  const version = useMoneyChanges()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.wallets(), [wallet, version])
  const { value, error, again } = useAsked(ask)
  return { purse: value?.wallets[0], error, again }
}
