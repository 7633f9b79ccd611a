import { Copy } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'

export function CopyLink({ link }: { link: string }) {
  const text = useText()
  return (
    <Button
      look="soft"
      onClick={() =>
        void navigator.clipboard.writeText(link).then(
          () => showToast(text('general.copied')),
          () => showToast(text('general.failed')),
        )
      }
    >
      <Copy size={18} aria-hidden />
      {text('link.copy')}
    </Button>
  )
}
