import { useState } from 'react'
import { postpone } from '../../api/postponed.ts'
import { security } from '../../api/security.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import { ListRow } from '../../ui/list-row.tsx'
import { Section } from '../../ui/page.tsx'
import { SetUpRecovery } from './set-up-recovery.tsx'

/** How the person's messages are protected on this device, and the way back in when all devices are lost. */
export function Security() {
  const text = useText()
  const standing = useStore(security)
  const [open, setOpen] = useState(false)
  const recovery = standing.kind === 'confirmed' && standing.recovery
  return (
    <Section title={text('security.encryption')} text={text('security.recoveryWhy')}>
      {standing.kind === 'unconfirmed' ? (
        <ListRow
          title={text('security.unconfirmed')}
          text={text('security.confirmNow')}
          onClick={() => void postpone('confirm', false)}
        />
      ) : (
        <ListRow
          title={text('security.key')}
          text={text(recovery ? 'security.keyThere' : 'security.keyMissing')}
          disabled={standing.kind !== 'confirmed'}
          onClick={() => setOpen(true)}
        />
      )}
      <SetUpRecovery open={open} onClose={() => setOpen(false)} />
    </Section>
  )
}
