import { DoorClosed, DoorOpen } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type ChatFacts, factsOf, readFacts } from '../../api/join-chat.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './join.module.css'
import { WayIn } from './way-in.tsx'

/** What stands in the place of a chat that one is not in: what it is, and how to come in. */
export function Join({ open, room }: { open: string; room: Room | undefined }) {
  const text = useText()
  const facts = useFacts(open, room)
  if (facts === undefined) return <Skeleton rows={6} label={text('general.loading')} />
  if (facts === 'unknown')
    return (
      <EmptyState
        picture={<DoorClosed size={32} />}
        title={text('join.unknown')}
        text={text('join.unknownText')}
      >
        <Button look="soft" onClick={() => goTo({ section: 'chats' }, { replace: true })}>
          {text('general.back')}
        </Button>
      </EmptyState>
    )
  return <Door facts={facts} membership={room?.getMyMembership() ?? facts.membership} />
}

function Door({ facts, membership }: { facts: ChatFacts; membership: string | undefined }) {
  const text = useText()
  const picture = usePicture(facts.avatarMxc)
  const name = facts.name ?? facts.roomId
  return (
    <div className={styles['door']}>
      <Avatar size="xl" id={facts.roomId} name={name} picture={picture} />
      <h2>{name}</h2>
      <p className={styles['facts']}>
        {text(facts.isCommunity ? 'join.community' : facts.encrypted ? 'join.group' : 'join.openChat')}
        {' · '}
        {text('info.members', { count: facts.members })}
      </p>
      {facts.topic && <p className={styles['topic']}>{facts.topic}</p>}
      <WayIn facts={facts} membership={membership} />
      <Button look="quiet" onClick={() => goTo({ section: 'chats' }, { replace: true })}>
        <DoorOpen size={18} aria-hidden />
        {text('general.back')}
      </Button>
    </div>
  )
}

/** Asks anew when one's own membership changes: what may be known changes with it. */
function useFacts(open: string, room: Room | undefined): ChatFacts | 'unknown' | undefined {
  const client = useClient()
  const membership = room?.getMyMembership()
  const [facts, setFacts] = useState<ChatFacts | 'unknown'>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: with another membership the answer is another one.
  useEffect(() => {
    let gone = false
    readFacts(client, open).then(
      (told) => {
        if (gone) return
        // A chat that one is in already, by another of its names; a new one comes with the next sync.
        if (told.membership === 'join') {
          if (told.roomId !== open) goTo({ section: 'chats', open: told.roomId }, { replace: true })
          return
        }
        setFacts(told)
      },
      () => !gone && setFacts(room ? factsOf(room) : 'unknown'),
    )
    return () => {
      gone = true
    }
  }, [client, open, membership])
  return facts
}
