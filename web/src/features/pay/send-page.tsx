import { CircleCheck } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useClient } from '../../api/client-context.ts'
import { showMoney } from '../../api/money-message.ts'
import { type FoundPerson, localPart } from '../../api/start-chat.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney, parseMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { AmountField } from './amount-field.tsx'
import styles from './form.module.css'
import { PageShell } from './page-shell.tsx'
import { PersonPicker } from './person-picker.tsx'

type SendPageProps = { purse: WalletView; to?: string | undefined }

/** Sends money to a person, and shows it in the chat with them. */
export function SendPage({ purse, to }: SendPageProps) {
  const text = useText()
  const [person, setPerson] = useState<FoundPerson | undefined>(
    to === undefined ? undefined : { userId: to, name: localPart(to), avatarMxc: undefined },
  )
  return (
    <PageShell title={text('pay.send')}>
      <PersonPicker
        chosen={person ? [person] : []}
        onToggle={(next) => setPerson(next === person ? undefined : next)}
      />
      {person && <SendForm key={person.userId} purse={purse} person={person} />}
    </PageShell>
  )
}

function SendForm({ purse: { currency }, person }: { purse: WalletView; person: FoundPerson }) {
  const text = useText()
  const language = useLanguage()
  const client = useClient()
  const wallet = useWallet()
  const { busy, problem, run } = useMoneyAction()
  const [typed, setTyped] = useState('')
  const [note, setNote] = useState('')
  const [sent, setSent] = useState<{ amount: string; roomId: string | undefined }>()
  const amount = parseMoney(typed, currency)
  const shown = amount === undefined ? '' : formatMoney(amount, currency, language)

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (amount === undefined) return
    await run(async (id) => {
      const about = { currency, amount, ...(note.trim() !== '' && { note: note.trim() }) }
      const { reference } = await wallet.send(id, { to: { user_id: person.userId }, ...about })
      setSent({ amount, roomId: undefined })
      // The money is on its way whether or not the chat can be told.
      const message = {
        body: text('pay.bodySent', { amount: shown }),
        'org.dure.money': { kind: 'sent' as const, reference, ...about },
      }
      const roomId = await showMoney(client, person.userId, message).catch(() => undefined)
      if (roomId === undefined) showToast(text('general.failed'))
      setSent({ amount, roomId })
    })
  }

  if (sent)
    return (
      <div className={styles['done']} role="status">
        <CircleCheck size={72} aria-hidden />
        <p>{text('pay.sent', { amount: formatMoney(sent.amount, currency, language), name: person.name })}</p>
        <p>{text('pay.sendText')}</p>
        {sent.roomId !== undefined && (
          <Button look="soft" onClick={() => goTo({ section: 'chats', open: sent.roomId ?? '' })}>
            {text('pay.openChat')}
          </Button>
        )}
      </div>
    )
  return (
    <form className={styles['form']} onSubmit={(event) => void send(event)}>
      <AmountField value={typed} onChange={setTyped} />
      <TextField
        label={text('pay.note')}
        name="note"
        maxLength={200}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      {problem !== undefined && (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      <p className={styles['soft']}>{text('pay.sendText')}</p>
      <Button wide type="submit" busy={busy} disabled={amount === undefined}>
        {text('pay.sendAmount', { amount: shown })}
      </Button>
    </form>
  )
}
