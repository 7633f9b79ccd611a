import type { RoomMember } from 'matrix-js-sdk'
import type { ComponentProps } from 'react'
import { usePicture } from '../../api/use-media.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ListRow } from '../../ui/list-row.tsx'

type PersonProps = Omit<ComponentProps<typeof ListRow>, 'title'> & { member: RoomMember; note?: string }

/** Somebody in or around a chat, under the name they have there. */
export function Person({ member, note, ...rest }: PersonProps) {
  const picture = usePicture(member.getMxcAvatarUrl())
  return (
    <ListRow
      {...rest}
      start={<Avatar size="s" id={member.userId} name={member.name} picture={picture} />}
      title={note === undefined ? member.name : `${member.name} (${note})`}
    />
  )
}
