import { FileText } from 'lucide-react'
import { fileName } from '../../api/describe-event.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import styles from './file-content.module.css'
import type { ShownThing } from './shown-things.ts'
import { contentOf, infoOf, numberOf } from './thing-content.ts'
import { UploadProgress } from './upload-progress.tsx'
import { useSaving } from './use-saving.ts'

export function FileContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const language = useLanguage()
  const content = contentOf(thing)
  const save = useSaving(content)
  const size = numberOf(infoOf(content)['size'])
  return (
    <button
      type="button"
      className={styles['file']}
      title={text('chat.save')}
      disabled={!save}
      onClick={() => save?.()}
    >
      <span className={styles['picture']}>
        <FileText size={22} aria-hidden />
      </span>
      <span className={styles['lines']}>
        <span className={styles['name']}>{fileName(content)}</span>
        {size !== undefined && <span className={styles['size']}>{formatBytes(size, language)}</span>}
      </span>
      <UploadProgress thing={thing} />
    </button>
  )
}

function formatBytes(bytes: number, language: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const power = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3))
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'narrow',
    maximumFractionDigits: power < 2 ? 0 : 1,
  }).format(bytes / 1000 ** power)
}
