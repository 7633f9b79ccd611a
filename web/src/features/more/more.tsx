import { ChevronRight, LogOut } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { useProfile } from '../../api/profiles.ts'
import { signOut } from '../../api/start-client.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goTo, usePlace } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import styles from './more.module.css'
import { settingsPages } from './settings-pages.ts'

/** The person themselves, and the pages of the settings. */
export function More() {
  const text = useText()
  const { open } = usePlace()
  return (
    <>
      <PaneHeader title={text('general.more')} />
      <div className={styles['list']}>
        <OwnRow selected={open === 'profile'} />
        {settingsPages.map(({ page, Picture }) => (
          <ListRow
            key={page}
            start={<Picture size={22} className={styles['picture']} aria-hidden />}
            title={text(`settings.${page}`)}
            end={<ChevronRight size={18} aria-hidden />}
            selected={open === page}
            onClick={() => goTo({ section: 'more', open: page })}
          />
        ))}
        <SignOutRow />
      </div>
    </>
  )
}

function OwnRow({ selected }: { selected: boolean }) {
  const text = useText()
  const me = useClient().getSafeUserId()
  const { name, avatarMxc, status } = useProfile(me)
  const picture = usePicture(avatarMxc)
  return (
    <ListRow
      className={styles['own']}
      start={<Avatar size="l" id={me} name={name} picture={picture} />}
      title={name}
      text={status || text('settings.profile')}
      end={<ChevronRight size={18} aria-hidden />}
      selected={selected}
      onClick={() => goTo({ section: 'more', open: 'profile' })}
    />
  )
}

function SignOutRow() {
  const text = useText()
  const client = useClient()
  const [leaving, setLeaving] = useState(false)
  const [busy, setBusy] = useState(false)
  return (
    <>
      <ListRow
        start={<LogOut size={22} className={styles['picture']} aria-hidden />}
        title={text('general.signOut')}
        onClick={() => setLeaving(true)}
      />
      <Sheet
        open={leaving}
        title={text('general.signOutAsk')}
        closeLabel={text('general.close')}
        onClose={() => setLeaving(false)}
      >
        <p className={styles['text']}>{text('general.signOutText')}</p>
        <Button
          wide
          look="danger"
          busy={busy}
          onClick={() => {
            setBusy(true)
            void signOut(client)
          }}
        >
          {text('general.signOut')}
        </Button>
      </Sheet>
    </>
  )
}
