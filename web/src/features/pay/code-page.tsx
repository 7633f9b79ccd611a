import { CircleCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { CodeView } from '../../../../server/src/services/wallet/wire.ts'
import { explain } from '../../api/explain-money.ts'
import { renewDeviceKey, signCode } from '../../api/offline-code.ts'
import { moneyChanged } from '../../api/use-purse.ts'
import { useWallet, type Wallet, WalletError } from '../../api/wallet.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './code-page.module.css'
import { PageShell } from './page-shell.tsx'

const lookMs = 2_000

/** A one-time code, as large as the screen lets it be. It says by itself when it was used. */
export function CodePage() {
  const text = useText()
  const language = useLanguage()
  const { code, problem, renew } = useCode()
  const left = useTimeLeft(code?.expires_ts)
  const paid = usePaid(code)
  useAwake()
  return (
    <PageShell title={text('pay.code')}>
      {paid !== undefined && code ? (
        <div className={styles['paid']} role="status">
          <CircleCheck size={72} aria-hidden />
          <p>{text('pay.codePaid', { amount: formatMoney(paid, code.currency, language) })}</p>
          <Button look="soft" onClick={renew}>
            {text('pay.codeNew')}
          </Button>
        </div>
      ) : (
        <div className={styles['sheet']}>
          <h3>{text('pay.codeText')}</h3>
          {problem !== undefined && <p role="alert">{problem}</p>}
          {code && left !== '' && <QrCode text={code.payload} label={text('pay.code')} />}
          {!code && problem === undefined && <Skeleton rows={4} label={text('general.loading')} />}
          {code && left !== '' && <p role="timer">{text('pay.codeLeft', { time: left })}</p>}
          {code && left === '' && <p role="status">{text('pay.codeOver')}</p>}
          {(left === '' || problem !== undefined) && (code || problem) && (
            <Button onClick={renew}>{text('pay.codeNew')}</Button>
          )}
          <p className={styles['hint']}>{text('pay.codeBright')}</p>
        </div>
      )}
    </PageShell>
  )
}

type Shown = { code: CodeView | undefined; problem: string | undefined; renew(): void }

function useCode(): Shown {
  const text = useText()
  const wallet = useWallet()
  const [turn, setTurn] = useState(0)
  const [shown, setShown] = useState<{ code?: CodeView; problem?: string }>({})
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another code.
  useEffect(() => {
    let gone = false
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const secret = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    showOrSign(wallet, secret).then(
      (code) => !gone && setShown({ code }),
      (error: unknown) => !gone && setShown({ problem: explain(error, text) }),
    )
    return () => {
      gone = true
    }
  }, [wallet, turn])
  const renew = () => {
    setShown({})
    setTurn((last) => last + 1)
  }
  return { code: shown.code, problem: shown.problem, renew }
}

/** As long as the server takes a code that this device has signed. */
const signedForMs = 150_000

/** Without a connection the device signs a code by itself, with a key that it made known when there was one. */
async function showOrSign(wallet: Wallet, secret: string): Promise<CodeView> {
  try {
    const code = await wallet.showCode(secret)
    void renewDeviceKey(wallet, code.currency).catch(() => undefined)
    return code
  } catch (error) {
    if (error instanceof WalletError) throw error
    const now = Date.now()
    const signed = await signCode(now)
    if (!signed) throw error
    return { ...signed, shown_ts: now, expires_ts: now + signedForMs }
  }
}

/** Minutes and seconds until then; nothing when it is past. */
function useTimeLeft(untilMs: number | undefined): string {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const seconds = untilMs === undefined ? 0 : Math.ceil((untilMs - now) / 1_000)
  return seconds <= 0 ? '' : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Looks whether something was paid since the code is shown, and gives how much. */
function usePaid(code: CodeView | undefined): string | undefined {
  const wallet = useWallet()
  const [paid, setPaid] = useState<{ payload: string; amount: string }>()
  useEffect(() => {
    if (!code) return
    const { payload, currency, shown_ts } = code
    const since = { kind: 'payment', direction: 'out', from_ts: shown_ts, limit: 1 } as const
    let gone = false
    async function look(): Promise<void> {
      const { activities } = await wallet.history(currency, since)
      const [newest] = activities
      if (gone || !newest) return
      clearInterval(timer)
      setPaid({ payload, amount: newest.amount.replace('-', '') })
      moneyChanged()
    }
    const timer = setInterval(() => void look().catch(() => undefined), lookMs)
    return () => {
      gone = true
      clearInterval(timer)
    }
  }, [wallet, code])
  return paid && paid.payload === code?.payload ? paid.amount : undefined
}

/** A screen that goes dark at the till helps nobody. */
function useAwake(): void {
  useEffect(() => {
    const lock = navigator.wakeLock?.request('screen').catch(() => undefined)
    return () => void lock?.then((held) => held?.release())
  }, [])
}
