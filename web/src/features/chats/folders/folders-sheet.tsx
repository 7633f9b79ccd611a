import { useState } from 'react'
import { useText } from '../../../i18n/text.ts'
import { Sheet } from '../../../ui/sheet.tsx'
import { EditFolder } from './edit-folder.tsx'
import { FolderList } from './folder-list.tsx'

/** The person's folders, and one of them when it is pressed. */
export function FoldersSheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const text = useText()
  const [edited, setEdited] = useState<string>()
  return (
    <Sheet
      tall
      open={open}
      title={edited ?? text('folders.title')}
      closeLabel={text('general.close')}
      onClose={() => {
        onClose()
        setEdited(undefined)
      }}
    >
      {edited === undefined ? (
        <FolderList onChoose={setEdited} />
      ) : (
        <EditFolder key={edited} name={edited} onRenamed={setEdited} onDone={() => setEdited(undefined)} />
      )}
    </Sheet>
  )
}
