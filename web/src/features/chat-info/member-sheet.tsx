import { Ban, Check, MessageCircle, UserMinus } from 'lucide-react'
import type { Room, RoomMember } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { setRole } from '../../api/group-actions.ts'
import { grantableRoles, levelIn, levelOf, type Powers, powersOver, roleAt } from '../../api/roles.ts'
import { openDirectChat } from '../../api/start-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { ListRow } from '../../ui/list-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'

type MemberSheetProps = { room: Room; member: RoomMember; onClose: () => void }

/** What somebody is in the chat, and what can be done about it. */
export function MemberSheet({ room, member, onClose }: MemberSheetProps) {
  const text = useText()
  const client = useClient()
  const me = client.getSafeUserId()
  const { userId, name } = member
  const powers = powersOver(room, me, userId)
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  const act = (work: () => Promise<unknown>) =>
    run(async () => {
      await work()
      onClose()
    })
  return (
    <Sheet open title={name} closeLabel={text('general.close')} onClose={onClose}>
      <p className={styles['text']}>{userId}</p>
      <div className={styles['rows']}>
        {userId !== me && (
          <ListRow
            start={<MessageCircle size={20} aria-hidden />}
            title={text('member.message')}
            disabled={busy}
            onClick={() =>
              act(async () => goTo({ section: 'chats', open: await openDirectChat(client, userId) }))
            }
          />
        )}
        <Roles
          room={room}
          member={member}
          powers={powers}
          disabled={busy}
          onChoose={(role) => act(() => setRole(room, userId, role))}
        />
        {powers.remove && (
          <ListRow
            start={<UserMinus size={20} aria-hidden />}
            title={text('member.remove')}
            disabled={busy}
            onClick={() => act(() => client.kick(room.roomId, userId))}
          />
        )}
        {powers.ban && (
          <ListRow
            wrap
            start={<Ban size={20} aria-hidden />}
            title={text('member.ban')}
            text={text('member.banText')}
            disabled={busy}
            onClick={() => act(() => client.ban(room.roomId, userId))}
          />
        )}
      </div>
    </Sheet>
  )
}

type RolesProps = {
  room: Room
  member: RoomMember
  powers: Powers
  disabled: boolean
  onChoose: (role: (typeof grantableRoles)[number]) => void
}

/** The roles in plain words: to choose from where one may, else only the one that the person has. */
function Roles({ room, member, powers, disabled, onChoose }: RolesProps) {
  const text = useText()
  const current = roleAt(levelIn(room, member.userId))
  const choices = powers.setRole ? grantableRoles.filter((role) => levelOf[role] <= powers.mostLevel) : []
  if (choices.length === 0)
    return <ListRow wrap disabled title={text(`role.${current}`)} text={text(`role.${current}Text`)} />
  return choices.map((role) => (
    <ListRow
      key={role}
      wrap
      start={<Check size={20} className={styles['chosen']} opacity={role === current ? 1 : 0} aria-hidden />}
      title={text(`role.${role}`)}
      text={text(`role.${role}Text`)}
      aria-pressed={role === current}
      disabled={disabled}
      onClick={() => onChoose(role)}
    />
  ))
}
