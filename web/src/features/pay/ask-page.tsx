import { CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useClient } from '../../api/client-context.ts'
import { showMoney } from '../../api/money-message.ts'
import type { FoundPerson } from '../../api/start-chat.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney, parseMoney, shareOut } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { AmountField } from './amount-field.tsx'
import styles from './form.module.css'
import { PageShell } from './page-shell.tsx'
import { PersonPicker } from './person-picker.tsx'

/** Asks one person for money, or shares a bill among several; each is told in the chat with them. */
export function AskPage({ purse: { currency } }: { purse: WalletView }) {
  const text = useText()
  const language = useLanguage()
  const client = useClient()
  const wallet = useWallet()
  const { busy, problem, run } = useMoneyAction()
  const [people, setPeople] = useState<readonly FoundPerson[]>([])
  const [typed, setTyped] = useState('')
  const [note, setNote] = useState('')
  const [withMe, setWithMe] = useState(true)
  const [asked, setAsked] = useState(0)
  const split = people.length > 1
  const total = parseMoney(typed, currency)
  const mine = split && withMe ? 1 : 0
  const shares = total === undefined ? [] : shareOut(total, Math.max(1, people.length + mine))
  const ready = total !== undefined && people.length > 0 && shares.every((share) => share !== '0')
  const shown = (amount: string | undefined) =>
    amount === undefined ? '' : formatMoney(amount, currency, language)

  function toggle(person: FoundPerson): void {
    const without = people.filter(({ userId }) => userId !== person.userId)
    setPeople(without.length < people.length ? without : [...people, person])
  }

  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!ready) return
    await run(async (id) => {
      // Who asks takes the larger share.
      const from = people.map(({ userId }, index) => ({
        user_id: userId,
        amount: shares[index + mine] ?? '0',
      }))
      const about = note.trim() === '' ? {} : { note: note.trim() }
      await wallet.ask(id, { currency, from, ...about })
      const kind = split ? ('split' as const) : ('asked' as const)
      const pointer = { kind, asker: client.getSafeUserId(), id, currency, total, ...about }
      for (const { user_id, amount } of from) {
        const message = { body: text('pay.bodyAsked', { amount: shown(amount) }), 'org.dure.money': pointer }
        // Asked they are in any case.
        await showMoney(client, user_id, message).catch(() => showToast(text('general.failed')))
      }
      setAsked(from.length)
    })
  }

  if (asked > 0)
    return (
      <PageShell title={text('pay.ask')}>
        <div className={styles['done']} role="status">
          <CircleCheck size={72} aria-hidden />
          <p>{text('pay.askedOf', { count: asked })}</p>
        </div>
      </PageShell>
    )
  return (
    <PageShell title={text('pay.ask')}>
      <PersonPicker chosen={people} onToggle={toggle} />
      {people.length > 0 && (
        <form className={styles['form']} onSubmit={(event) => void ask(event)}>
          <AmountField value={typed} onChange={setTyped} label={text(split ? 'pay.askSum' : 'pay.amount')} />
          {split && (
            <label className={styles['toggle']}>
              <input type="checkbox" checked={withMe} onChange={(event) => setWithMe(event.target.checked)} />
              {text('pay.askWithMe')}
            </label>
          )}
          <TextField
            label={text('pay.note')}
            name="note"
            maxLength={200}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          {split && total !== undefined && (
            <p className={styles['soft']}>{text('pay.askEach', { amount: shown(shares.at(-1)) })}</p>
          )}
          {problem !== undefined && (
            <p className={styles['problem']} role="alert">
              {problem}
            </p>
          )}
          <Button wide type="submit" busy={busy} disabled={!ready}>
            {text('pay.askAmount', { amount: shown(total) })}
          </Button>
        </form>
      )}
    </PageShell>
  )
}
