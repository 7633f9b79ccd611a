import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ChatSummary } from '../../../api/chat-summary.ts'
import { useClient } from '../../../api/client-context.ts'
import { deleteFolder, folderNameMost, renameFolder, setInFolder } from '../../../api/folders.ts'
import { useBusy } from '../../../api/use-busy.ts'
import { useChats } from '../../../api/use-chats.ts'
import { usePicture } from '../../../api/use-media.ts'
import { useText } from '../../../i18n/text.ts'
import { Avatar } from '../../../ui/avatar.tsx'
import { Button } from '../../../ui/button.tsx'
import { SearchField } from '../../../ui/search-field.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { showToast } from '../../../ui/toast.tsx'
import { CheckRow } from './check-row.tsx'
import styles from './folders.module.css'

type EditFolderProps = { name: string; onRenamed: (name: string) => void; onDone: () => void }

const shownMost = 100

/** What a folder is called, which chats are in it, and its end. */
export function EditFolder({ name, onRenamed, onDone }: EditFolderProps) {
  const text = useText()
  const client = useClient()
  const [typed, setTyped] = useState(name)
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  const next = typed.trim()
  return (
    <>
      <form
        className={styles['line']}
        onSubmit={(event) => {
          event.preventDefault()
          run(async () => {
            await renameFolder(client, name, next)
            onRenamed(next)
          })
        }}
      >
        <TextField
          label={text('info.name')}
          value={typed}
          maxLength={folderNameMost}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" look="soft" busy={busy} disabled={next === '' || next === name}>
          {text('general.save')}
        </Button>
      </form>
      <h3 className={styles['title']}>{text('folders.chats')}</h3>
      <Members name={name} />
      <div className={styles['end']}>
        <Button
          wide
          look="danger"
          disabled={busy}
          onClick={() =>
            run(async () => {
              await deleteFolder(client, name)
              onDone()
            })
          }
        >
          <Trash2 size={18} aria-hidden />
          {text('folders.delete')}
        </Button>
        <p className={styles['text']}>{text('folders.deleteText')}</p>
      </div>
    </>
  )
}

/** Every chat, those that were in the folder first. */
function Members({ name }: { name: string }) {
  const text = useText()
  const [term, setTerm] = useState('')
  const chats = useChats().filter(({ invited }) => !invited)
  const [first] = useState(
    () => new Set(chats.filter(({ folders }) => folders.includes(name)).map(({ roomId }) => roomId)),
  )
  const wanted = term.trim().toLocaleLowerCase()
  const found = chats
    .filter((chat) => chat.name.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => Number(first.has(b.roomId)) - Number(first.has(a.roomId)))
  return (
    <>
      {chats.length > 8 && (
        <SearchField
          label={text('general.search')}
          clearLabel={text('general.clear')}
          value={term}
          onChange={setTerm}
        />
      )}
      <div className={styles['rows']}>
        {found.slice(0, shownMost).map((chat) => (
          <Member key={chat.roomId} chat={chat} name={name} />
        ))}
      </div>
    </>
  )
}

function Member({ chat, name }: { chat: ChatSummary; name: string }) {
  const client = useClient()
  const picture = usePicture(chat.avatarMxc)
  const inside = chat.folders.includes(name)
  return (
    <CheckRow
      start={<Avatar size="s" id={chat.with ?? chat.roomId} name={chat.name} picture={picture} />}
      title={chat.name}
      checked={inside}
      onChange={() => setInFolder(client, chat.roomId, name, !inside)}
    />
  )
}
