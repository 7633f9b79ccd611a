import { Snowflake } from 'lucide-react'
import { useState } from 'react'
import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { moneyChanged } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { useText } from '../../i18n/text.ts'
import { ListRow } from '../../ui/list-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './wallet-rows.module.css'

/** For a phone that was lost: one press, and another to take it back. */
export function FreezeRow({ purse: { currency, frozen } }: { purse: WalletView }) {
  const text = useText()
  const wallet = useWallet()
  const [busy, setBusy] = useState(false)

  async function change(): Promise<void> {
    setBusy(true)
    try {
      await wallet.freeze(currency, !frozen)
    } catch {
      showToast(text('general.failed'))
    }
    setBusy(false)
    moneyChanged()
  }

  return (
    <ListRow
      start={<Snowflake size={22} className={styles['picture']} aria-hidden />}
      title={text(frozen ? 'pay.unfreeze' : 'pay.freeze')}
      text={frozen ? undefined : text('pay.freezeText')}
      disabled={busy}
      onClick={() => void change()}
    />
  )
}
