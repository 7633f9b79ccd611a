import { HandCoins, Send } from 'lucide-react'
import { readMoney } from '../../api/read-money.ts'
import { AskedMoney } from './asked-money.tsx'
import { LinkMoney } from './link-money.tsx'
import styles from './money.module.css'
import { SentMoney } from './sent-money.tsx'

/** Money in a chat. The message only points: what counts is asked of the server, so a forged bubble moves nothing. */
export function Money({ content }: { content: Record<string, unknown> }) {
  const money = readMoney(content)
  if (!money) return <p>{String(content['body'] ?? '')}</p>
  const Picture = money.kind === 'asked' || money.kind === 'split' ? HandCoins : Send
  return (
    <div className={styles['money']}>
      <span className={styles['picture']} aria-hidden>
        <Picture size={22} />
      </span>
      <div className={styles['lines']}>
        {money.kind === 'sent' && <SentMoney {...money} />}
        {money.kind === 'link' && <LinkMoney {...money} />}
        {(money.kind === 'asked' || money.kind === 'split') && <AskedMoney {...money} />}
      </div>
    </div>
  )
}
