import { useProfile } from '../../api/profiles.ts'
import { showProfile } from '../../api/shown-profile.ts'
import { usePicture } from '../../api/use-media.ts'
import { useOnline } from '../../api/use-online.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import styles from './people.module.css'

/** One person of the list. Pressing it shows who they are and what can be done. */
export function PersonRow({ userId, own }: { userId: string; own?: boolean }) {
  const text = useText()
  const { name, avatarMxc, status } = useProfile(userId)
  const picture = usePicture(avatarMxc)
  const online = useOnline(userId)
  return (
    <ListRow
      className={own ? styles['own'] : undefined}
      start={
        <span className={styles['picture']}>
          <Avatar size={own ? 'l' : 'm'} id={userId} name={name} picture={picture} />
          {online && !own && (
            <span className={styles['online']} role="img" aria-label={text('people.online')} />
          )}
        </span>
      }
      title={name}
      text={status || (own ? text('people.noStatus') : undefined)}
      onClick={() => showProfile(userId)}
    />
  )
}
