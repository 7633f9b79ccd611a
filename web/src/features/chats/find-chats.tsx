import { Globe } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type FoundChat, findOpenChats } from '../../api/start-chat.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './new-chat.module.css'

/** Open chats and communities that are listed on this server. */
export function FindChats({ onChoose }: { onChoose: (roomId: string) => void }) {
  const text = useText()
  const [term, setTerm] = useState('')
  const found = useFound(term.trim())
  return (
    <div className={styles['form']}>
      <div className={styles['search']}>
        <SearchField
          label={text('info.name')}
          clearLabel={text('general.clear')}
          value={term}
          autoFocus
          onChange={setTerm}
        />
      </div>
      <div className={styles['list']}>
        {found === undefined && <Skeleton rows={4} label={text('general.loading')} />}
        {found?.map((chat) => (
          <ChatFound key={chat.roomId} chat={chat} onPress={() => onChoose(chat.roomId)} />
        ))}
        {found?.length === 0 && (
          <EmptyState
            picture={<Globe size={28} />}
            title={text('chat.nothingFound')}
            text={text('new.discoverText')}
          />
        )}
      </div>
    </div>
  )
}

function ChatFound({ chat, onPress }: { chat: FoundChat; onPress: () => void }) {
  const text = useText()
  const picture = usePicture(chat.avatarMxc)
  const members = text('info.members', { count: chat.members })
  return (
    <ListRow
      start={<Avatar id={chat.roomId} name={chat.name} picture={picture} />}
      title={chat.name}
      text={chat.topic ? `${members} · ${chat.topic}` : members}
      onClick={onPress}
    />
  )
}

/** `undefined` until the first answer; an older answer stays until the next one is here. */
function useFound(term: string): readonly FoundChat[] | undefined {
  const client = useClient()
  const [found, setFound] = useState<readonly FoundChat[]>()
  useEffect(() => {
    let gone = false
    const timer = setTimeout(() => {
      findOpenChats(client, term).then(
        (chats) => !gone && setFound(chats),
        () => !gone && setFound([]),
      )
    }, 200)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [client, term])
  return found
}
