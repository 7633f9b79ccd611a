import { Search } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { describeEvent } from '../../api/describe-event.ts'
import { useChatSearch } from '../../api/use-chat-search.ts'
import { formatShort } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { useChat } from './chat-context.ts'
import styles from './chat-tools.module.css'

/** What stands at the right of a chat's header. */
export function ChatTools({ room }: { room: Room }) {
  const text = useText()
  const [searching, setSearching] = useState(false)
  return (
    <>
      <IconButton label={text('chat.search')} onClick={() => setSearching(true)}>
        <Search size={22} aria-hidden />
      </IconButton>
      <Sheet
        tall
        open={searching}
        title={text('chat.search')}
        closeLabel={text('general.close')}
        onClose={() => setSearching(false)}
      >
        <Finder room={room} onDone={() => setSearching(false)} />
      </Sheet>
    </>
  )
}

function Finder({ room, onDone }: { room: Room; onDone: () => void }) {
  const text = useText()
  const language = useLanguage()
  const { jumpTo, openThread } = useChat()
  const [term, setTerm] = useState('')
  const found = useChatSearch(room, term)
  return (
    <div className={styles['finder']}>
      <SearchField
        label={text('general.search')}
        clearLabel={text('general.clear')}
        value={term}
        autoFocus
        onChange={setTerm}
      />
      <div className={styles['results']} aria-live="polite">
        {found.map((event) => (
          <ListRow
            key={event.getId()}
            start={
              <Avatar
                size="s"
                id={event.getSender() ?? ''}
                name={event.sender?.name ?? event.getSender() ?? ''}
              />
            }
            title={event.sender?.name ?? event.getSender()}
            text={describeEvent(event, text)}
            end={formatShort(event.getTs(), Date.now(), language, text)}
            onClick={() => {
              onDone()
              // What was said in a thread is not in the history.
              if (event.threadRootId !== undefined && !event.isThreadRoot) openThread(event)
              else jumpTo(event.getId() ?? '')
            }}
          />
        ))}
        {term.trim().length > 1 && found.length === 0 && (
          <p className={styles['nothing']}>{text('chat.nothingFound')}</p>
        )}
      </div>
    </div>
  )
}
