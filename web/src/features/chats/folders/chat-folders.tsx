import { Folder } from 'lucide-react'
import type { ChatSummary } from '../../../api/chat-summary.ts'
import { useClient } from '../../../api/client-context.ts'
import { setInFolder, useFolders } from '../../../api/folders.ts'
import { useText } from '../../../i18n/text.ts'
import { Sheet } from '../../../ui/sheet.tsx'
import { showToast } from '../../../ui/toast.tsx'
import { CheckRow } from './check-row.tsx'
import styles from './folders.module.css'
import { NewFolder } from './new-folder.tsx'

type ChatFoldersProps = { chat: ChatSummary; open: boolean; onClose: () => void }

/** Which folders a chat is in. */
export function ChatFolders({ chat, open, onClose }: ChatFoldersProps) {
  const text = useText()
  return (
    <Sheet
      open={open}
      title={text('folders.of', { name: chat.name })}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <Choices chat={chat} />
    </Sheet>
  )
}

function Choices({ chat: { roomId, folders: inside } }: { chat: ChatSummary }) {
  const text = useText()
  const client = useClient()
  const folders = useFolders()
  return (
    <>
      <div className={styles['rows']}>
        {folders.map((name) => (
          <CheckRow
            key={name}
            start={<Folder size={20} className={styles['picture']} aria-hidden />}
            title={name}
            checked={inside.includes(name)}
            onChange={() => setInFolder(client, roomId, name, !inside.includes(name))}
          />
        ))}
      </div>
      <NewFolder
        onMade={(name) =>
          void setInFolder(client, roomId, name, true).catch(() => showToast(text('general.failed')))
        }
      />
    </>
  )
}
