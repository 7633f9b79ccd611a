import { useClient } from '../../api/client-context.ts'
import { fileName } from '../../api/describe-event.ts'
import { download } from '../../api/media.ts'
import { saveFile } from '../../api/save-file.ts'
import { useText } from '../../i18n/text.ts'
import { showToast } from '../../ui/toast.tsx'
import { mediaSource } from './thing-media.ts'

/** What saves the file of a message on this device; `undefined` where there is none yet. */
export function useSaving(content: Record<string, unknown>): (() => void) | undefined {
  const client = useClient()
  const text = useText()
  const source = mediaSource(content)
  if (!source) return undefined
  return () => {
    download(client, source).then(
      (blob) => saveFile(fileName(content) || 'dure', blob),
      () => showToast(text('general.failed')),
    )
  }
}
