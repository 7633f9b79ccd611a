import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type SignedInDevice, useDevices } from '../../api/use-devices.ts'
import { withPassword } from '../../api/with-password.ts'
import { formatFull } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Section } from '../../ui/page.tsx'
import { PasswordForm } from '../../ui/password-form.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './devices-page.module.css'

/** Where the person is signed in, and signing out there. */
export function DevicesPage() {
  const text = useText()
  const { devices, reload } = useDevices()
  const [ending, setEnding] = useState<readonly SignedInDevice[]>([])
  if (!devices) return <Skeleton rows={3} label={text('general.loading')} />
  const own = devices.filter((device) => device.own)
  const others = devices.filter((device) => !device.own)
  return (
    <>
      <Section title={text('settings.thisDevice')}>
        {own.map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </Section>
      {others.length > 0 && (
        <Section title={text('settings.otherDevices')} text={text('settings.otherDevicesText')}>
          {others.map((device) => (
            <DeviceRow key={device.id} device={device} onPress={() => setEnding([device])} />
          ))}
        </Section>
      )}
      {others.length > 1 && (
        <Button look="danger" onClick={() => setEnding(others)}>
          {text('settings.signOutOthers', { count: others.length })}
        </Button>
      )}
      <EndSheet
        ending={ending}
        onClose={() => setEnding([])}
        onDone={() => {
          setEnding([])
          reload()
        }}
      />
    </>
  )
}

function DeviceRow({ device, onPress }: { device: SignedInDevice; onPress?: () => void }) {
  const text = useText()
  const language = useLanguage()
  const Picture = /Android|iPhone|iPad/.test(device.name) ? Smartphone : Monitor
  const seen =
    device.seenAt === undefined
      ? text('settings.neverSeen')
      : text('settings.seen', { time: formatFull(device.seenAt, language) })
  return (
    <ListRow
      disabled={onPress === undefined}
      start={<Picture size={24} className={styles['picture']} aria-hidden />}
      title={device.name}
      text={device.own ? text('settings.usedNow') : seen}
      end={
        <span className={device.confirmed ? styles['confirmed'] : styles['unconfirmed']}>
          {text(device.confirmed ? 'settings.deviceConfirmed' : 'settings.deviceUnconfirmed')}
        </span>
      }
      onClick={onPress}
    />
  )
}

type EndSheetProps = { ending: readonly SignedInDevice[]; onClose: () => void; onDone: () => void }

function EndSheet({ ending, onClose, onDone }: EndSheetProps) {
  const text = useText()
  const client = useClient()
  const ids = ending.map(({ id }) => id)
  const [first] = ending
  return (
    <Sheet
      open={first !== undefined}
      title={text('settings.signOutThere')}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <p className={styles['text']}>
        {ending.length > 1 ? text('settings.signOutOthersText', { count: ending.length }) : first?.name}
      </p>
      <PasswordForm
        action={text('general.signOut')}
        danger
        onSubmit={async (password) => {
          const done = await withPassword(client, password, (answer) =>
            answer((auth) => client.deleteMultipleDevices(ids, auth ?? undefined)),
          )
          if (!done) return false
          showToast(text('settings.signedOutThere'))
          onDone()
          return true
        }}
      />
    </Sheet>
  )
}
