import { Gauge } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { ListRow } from '../../ui/list-row.tsx'
import styles from './wallet-rows.module.css'

export function LimitsRow() {
  const text = useText()
  return (
    <ListRow
      start={<Gauge size={22} className={styles['picture']} aria-hidden />}
      title={text('pay.limits')}
      text={text('pay.limitsHint')}
      onClick={() => goTo({ section: 'pay', open: 'limits' })}
    />
  )
}
