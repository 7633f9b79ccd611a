import { CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { ScanPaymentView, ScanView } from '../../../../server/src/services/checkout/wire.ts'
import { explainCode } from '../../api/explain-money.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney, parseMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { AmountField } from './amount-field.tsx'
import styles from './form.module.css'

/** What a shop whose code was scanned asks for, and the button that pays it. */
export function ShopPayment({ payload, shop }: { payload: string; shop: ScanView }) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const { busy, problem, run } = useMoneyAction()
  const [typed, setTyped] = useState('')
  const [paid, setPaid] = useState<ScanPaymentView>()
  const { currency } = shop
  const amount = shop.amount ?? parseMoney(typed, currency)

  async function pay(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (amount === undefined) return
    await run(async (id) => setPaid(await wallet.payScanned(id, { payload, amount, currency })))
  }

  if (paid && paid.declined === null)
    return (
      <div className={styles['done']} role="status">
        <CircleCheck size={72} aria-hidden />
        <h3>{formatMoney(paid.amount, currency, language)}</h3>
        <p>
          {text('pay.paid')} · {shop.merchant}
        </p>
        {paid.receipt_url !== null && (
          <a href={paid.receipt_url} target="_blank" rel="noreferrer noopener">
            {text('pay.receiptOfShop')}
          </a>
        )}
      </div>
    )
  const declined = paid?.declined == null ? undefined : explainCode(paid.declined, text)
  return (
    <form className={styles['form']} onSubmit={(event) => void pay(event)}>
      {!shop.live && <p className={styles['notice']}>{text('pay.testShop')}</p>}
      {shop.description !== null && <p>{shop.description}</p>}
      {shop.amount === null ? (
        <AmountField value={typed} onChange={setTyped} />
      ) : (
        <p className={styles['sum']}>{formatMoney(shop.amount, currency, language)}</p>
      )}
      {(problem ?? declined) !== undefined && (
        <p className={styles['problem']} role="alert">
          {problem ?? declined}
        </p>
      )}
      <Button wide type="submit" busy={busy} disabled={amount === undefined}>
        {text('pay.payAmount', {
          amount: amount === undefined ? '' : formatMoney(amount, currency, language),
        })}
      </Button>
    </form>
  )
}
