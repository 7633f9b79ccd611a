import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { useChat } from './chat-context.ts'
import styles from './mention-list.module.css'
import type { Mentions } from './use-mentions.ts'

type MentionListProps = { id: string; mentions: Mentions }

/** The people that can be mentioned, above the field. The focus stays in the field, which says which one is active. */
export function MentionList({ id, mentions: { people, active, choose } }: MentionListProps) {
  const text = useText()
  if (people.length === 0) return null
  return (
    <div id={id} className={styles['list']} role="listbox" aria-label={text('chat.mention')}>
      {people.map((person, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the keys are the field's.
        <div
          key={person.userId}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={styles['person']}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => choose(person)}
        >
          <Portrait {...person} />
          <span className={styles['name']}>{person.name}</span>
          <span className={styles['id']}>{person.userId}</span>
        </div>
      ))}
    </div>
  )
}

function Portrait({ userId, name }: { userId: string; name: string }) {
  const picture = usePicture(useChat().room.getMember(userId)?.getMxcAvatarUrl())
  return <Avatar size="s" id={userId} name={name} picture={picture} />
}
