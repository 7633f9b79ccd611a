import { ChevronLeft, KeyRound, MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { askOtherDevices, type Comparison } from '../../api/comparison.ts'
import type { Security } from '../../api/security.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import { BeginAfresh } from './begin-afresh.tsx'
import { CompareEmoji } from './compare-emoji.tsx'
import styles from './confirm-device.module.css'
import { SecurityKeyForm } from './security-key-form.tsx'

type ConfirmDeviceProps = { standing: Extract<Security, { kind: 'unconfirmed' }>; onLater: () => void }
type Way = { kind: 'choose' } | { kind: 'key' } | { kind: 'afresh' } | { kind: 'compare'; with: Comparison }

/** The screen of a device that has just been signed in: shows the ways to prove whose it is. */
export function ConfirmDevice({ standing, onLater }: ConfirmDeviceProps) {
  const text = useText()
  const [way, setWay] = useState<Way>({ kind: 'choose' })
  const back = () => setWay({ kind: 'choose' })
  return (
    <main className={styles['screen']}>
      <section className={styles['card']}>
        {way.kind === 'choose' ? (
          <Choice standing={standing} onChoose={setWay} onLater={onLater} />
        ) : (
          <>
            {way.kind !== 'compare' && (
              <IconButton className={styles['back']} label={text('general.back')} onClick={back}>
                <ChevronLeft size={24} aria-hidden />
              </IconButton>
            )}
            {way.kind === 'compare' && <CompareEmoji comparison={way.with} onEnd={back} />}
            {way.kind === 'key' && <SecurityKeyForm />}
            {way.kind === 'afresh' && <BeginAfresh />}
          </>
        )}
      </section>
    </main>
  )
}

type ChoiceProps = ConfirmDeviceProps & { onChoose: (way: Way) => void }

function Choice({ standing, onChoose, onLater }: ChoiceProps) {
  const text = useText()
  const client = useClient()
  const none = !standing.otherDevice && !standing.securityKey
  return (
    <>
      <img src="/icons/mark.svg" alt="" width="56" height="56" />
      <h1>{text('security.confirm')}</h1>
      <p className={styles['why']}>{text(none ? 'security.confirmNone' : 'security.confirmText')}</p>
      <div className={styles['ways']}>
        {standing.otherDevice && (
          <ListRow
            start={<MonitorSmartphone size={24} aria-hidden />}
            title={text('security.otherDevice')}
            text={text('security.otherDeviceText')}
            onClick={() =>
              askOtherDevices(client).then(
                (comparison) => onChoose({ kind: 'compare', with: comparison }),
                () => showToast(text('general.failed')),
              )
            }
          />
        )}
        {standing.securityKey && (
          <ListRow
            start={<KeyRound size={24} aria-hidden />}
            title={text('security.key')}
            text={text('security.keyText')}
            onClick={() => onChoose({ kind: 'key' })}
          />
        )}
      </div>
      <div className={styles['others']}>
        <Button look={none ? 'soft' : 'quiet'} onClick={() => onChoose({ kind: 'afresh' })}>
          {text('security.haveNeither')}
        </Button>
        <Button look="quiet" onClick={onLater}>
          {text('security.later')}
        </Button>
      </div>
    </>
  )
}
