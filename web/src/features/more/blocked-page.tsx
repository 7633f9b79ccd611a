import { UserRoundX } from 'lucide-react'
import { useBlocked } from '../../api/people.ts'
import { useProfile } from '../../api/profiles.ts'
import { showProfile } from '../../api/shown-profile.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Section } from '../../ui/page.tsx'

/** Whom the person does not want to hear from. */
export function BlockedPage() {
  const text = useText()
  const blocked = useBlocked()
  if (blocked.length === 0)
    return (
      <EmptyState
        picture={<UserRoundX size={32} />}
        title={text('settings.nobodyBlocked')}
        text={text('settings.nobodyBlockedText')}
      />
    )
  return (
    <Section>
      {blocked.map((userId) => (
        <Blocked key={userId} userId={userId} />
      ))}
    </Section>
  )
}

function Blocked({ userId }: { userId: string }) {
  const { name, avatarMxc } = useProfile(userId)
  const picture = usePicture(avatarMxc)
  return (
    <ListRow
      start={<Avatar id={userId} name={name} picture={picture} />}
      title={name}
      text={userId}
      onClick={() => showProfile(userId)}
    />
  )
}
