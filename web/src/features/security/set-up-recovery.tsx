import { Copy, Download, KeyRound, LockKeyhole, MonitorSmartphone } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { saveFile } from '../../api/save-file.ts'
import { makeSecurityKey, type SecurityKey, setUpRecovery } from '../../api/security.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './steps.module.css'

type SetUpRecoveryProps = { open: boolean; onClose: () => void }

/** Explains what a security key is for, makes one, and puts it to use once the person has kept it. */
export function SetUpRecovery({ open, onClose }: SetUpRecoveryProps) {
  const text = useText()
  const [key, setKey] = useState<SecurityKey>()
  function close(): void {
    setKey(undefined)
    onClose()
  }
  return (
    <Sheet
      open={open}
      title={text(key ? 'security.yourKey' : 'security.recovery')}
      closeLabel={text('general.close')}
      onClose={close}
    >
      {key ? <KeepKey securityKey={key} onDone={close} /> : <Explain onMade={setKey} />}
    </Sheet>
  )
}

function Explain({ onMade }: { onMade: (key: SecurityKey) => void }) {
  const text = useText()
  const client = useClient()
  return (
    <div className={styles['step']}>
      <ul className={styles['points']}>
        <li>
          <LockKeyhole size={20} aria-hidden />
          {text('security.recoveryWhy')}
        </li>
        <li>
          <MonitorSmartphone size={20} aria-hidden />
          {text('security.recoveryLost')}
        </li>
        <li>
          <KeyRound size={20} aria-hidden />
          {text('security.recoveryKey')}
        </li>
      </ul>
      <Button
        wide
        onClick={() => makeSecurityKey(client).then(onMade, () => showToast(text('general.failed')))}
      >
        {text('security.makeKey')}
      </Button>
    </div>
  )
}

function KeepKey({ securityKey, onDone }: { securityKey: SecurityKey; onDone: () => void }) {
  const text = useText()
  const client = useClient()
  const [busy, setBusy] = useState(false)
  const { readable } = securityKey

  async function use(): Promise<void> {
    setBusy(true)
    try {
      await setUpRecovery(client, securityKey)
      showToast(text('security.recoveryDone'))
      onDone()
    } catch {
      showToast(text('general.failed'))
      setBusy(false)
    }
  }

  return (
    <div className={styles['step']}>
      <p className={styles['text']}>{text('security.keepKey')}</p>
      <p className={styles['key']} data-security-key>
        {readable}
      </p>
      <div className={styles['pair']}>
        <Button
          look="soft"
          onClick={() =>
            void navigator.clipboard.writeText(readable).then(() => showToast(text('general.copied')))
          }
        >
          <Copy size={18} aria-hidden />
          {text('security.copy')}
        </Button>
        <Button
          look="soft"
          onClick={() =>
            saveFile('dure-security-key.txt', new Blob([`${readable}\n`], { type: 'text/plain' }))
          }
        >
          <Download size={18} aria-hidden />
          {text('security.download')}
        </Button>
      </div>
      <Button wide busy={busy} onClick={() => void use()}>
        {text('security.keptKey')}
      </Button>
    </div>
  )
}
