import { ArrowDown, ArrowUp, Folder } from 'lucide-react'
import { useClient } from '../../../api/client-context.ts'
import { saveFolders, useFolders } from '../../../api/folders.ts'
import { useBusy } from '../../../api/use-busy.ts'
import { useChats } from '../../../api/use-chats.ts'
import { useText } from '../../../i18n/text.ts'
import { IconButton } from '../../../ui/icon-button.tsx'
import { ListRow } from '../../../ui/list-row.tsx'
import { showToast } from '../../../ui/toast.tsx'
import styles from './folders.module.css'
import { NewFolder } from './new-folder.tsx'

/** All folders in their order, which can be changed, and a new one. */
export function FolderList({ onChoose }: { onChoose: (name: string) => void }) {
  const text = useText()
  const client = useClient()
  const chats = useChats()
  const folders = useFolders()
  const { busy, run } = useBusy(() => showToast(text('general.failed')))

  function swap(index: number, other: number): void {
    const order = [...folders]
    order.splice(other, 0, ...order.splice(index, 1))
    run(() => saveFolders(client, order))
  }

  return (
    <>
      <p className={styles['text']}>{text('folders.text')}</p>
      <NewFolder onMade={onChoose} />
      <div className={styles['rows']}>
        {folders.map((name, index) => (
          <div key={name} className={styles['folder']}>
            <ListRow
              start={<Folder size={20} className={styles['picture']} aria-hidden />}
              title={name}
              text={text('folders.count', {
                count: chats.filter((chat) => chat.folders.includes(name)).length,
              })}
              onClick={() => onChoose(name)}
            />
            <IconButton
              label={text('folders.up', { name })}
              disabled={busy || index === 0}
              onClick={() => swap(index, index - 1)}
            >
              <ArrowUp size={18} aria-hidden />
            </IconButton>
            <IconButton
              label={text('folders.down', { name })}
              disabled={busy || index === folders.length - 1}
              onClick={() => swap(index, index + 1)}
            >
              <ArrowDown size={18} aria-hidden />
            </IconButton>
          </div>
        ))}
      </div>
    </>
  )
}
