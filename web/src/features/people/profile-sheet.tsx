import { Ban, MessageCircle, Star, UserMinus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import {
  addFriend,
  removeFriend,
  setBlocked,
  setFavourite,
  useBlocked,
  useFriends,
} from '../../api/people.ts'
import { useProfile } from '../../api/profiles.ts'
import { closeProfile, shownProfile } from '../../api/shown-profile.ts'
import { openDirectChat } from '../../api/start-chat.ts'
import { usePicture } from '../../api/use-media.ts'
import { useOnline } from '../../api/use-online.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './profile-sheet.module.css'

/** The profile that is shown, wherever it was asked for. Stands once, around everything. */
export function ProfileSheet() {
  const text = useText()
  const userId = useStore(shownProfile)
  return (
    <Sheet
      open={userId !== undefined}
      title={text('people.profile')}
      closeLabel={text('general.close')}
      onClose={closeProfile}
    >
      {userId !== undefined && <Person key={userId} userId={userId} />}
    </Sheet>
  )
}

function Person({ userId }: { userId: string }) {
  const text = useText()
  const own = useClient().getSafeUserId() === userId
  const { name, avatarMxc, status } = useProfile(userId)
  const picture = usePicture(avatarMxc)
  const online = useOnline(userId)
  return (
    <div className={styles['profile']}>
      <Avatar size="xl" id={userId} name={name} picture={picture} />
      <h3>{name}</h3>
      {status !== '' && <p className={styles['status']}>{status}</p>}
      <p className={styles['id']}>
        {online && <span className={styles['online']}>{text('people.online')}</span>}
        {userId}
      </p>
      {own ? (
        <Button
          look="soft"
          onClick={() => {
            closeProfile()
            goTo({ section: 'more', open: 'profile' })
          }}
        >
          {text('people.editProfile')}
        </Button>
      ) : (
        <Actions userId={userId} name={name} />
      )}
    </div>
  )
}

function Actions({ userId, name }: { userId: string; name: string }) {
  const text = useText()
  const client = useClient()
  const friend = useFriends().find((other) => other.userId === userId)
  const blocked = useBlocked().includes(userId)
  const [busy, setBusy] = useState(false)

  function act(work: Promise<unknown>, done?: string): void {
    setBusy(true)
    work
      .then(
        () => done !== undefined && showToast(done),
        () => showToast(text('general.failed')),
      )
      .finally(() => setBusy(false))
  }

  async function chat(): Promise<void> {
    const roomId = await openDirectChat(client, userId)
    closeProfile()
    goTo({ section: 'chats', open: roomId })
  }

  if (blocked)
    return (
      <>
        <p className={styles['note']}>{text('people.blockedText')}</p>
        <Button look="soft" busy={busy} onClick={() => act(setBlocked(client, userId, false))}>
          {text('people.unblock')}
        </Button>
      </>
    )
  return (
    <div className={styles['actions']}>
      <Button busy={busy} onClick={() => act(chat())}>
        <MessageCircle size={20} aria-hidden />
        {text('people.chat')}
      </Button>
      {friend ? (
        <>
          <Button
            look="soft"
            busy={busy}
            onClick={() => act(setFavourite(client, userId, !friend.favourite))}
          >
            <Star size={20} fill={friend.favourite ? 'currentColor' : 'none'} aria-hidden />
            {text(friend.favourite ? 'people.unfavourite' : 'people.favourite')}
          </Button>
          <Button look="quiet" busy={busy} onClick={() => act(removeFriend(client, userId))}>
            <UserMinus size={20} aria-hidden />
            {text('people.remove')}
          </Button>
        </>
      ) : (
        <Button look="soft" busy={busy} onClick={() => act(addFriend(client, userId))}>
          <UserPlus size={20} aria-hidden />
          {text('people.add')}
        </Button>
      )}
      <Button
        look="danger"
        busy={busy}
        onClick={() => act(setBlocked(client, userId, true), text('people.blocked', { name }))}
      >
        <Ban size={20} aria-hidden />
        {text('people.block')}
      </Button>
    </div>
  )
}
