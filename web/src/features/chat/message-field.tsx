import type { ComponentProps } from 'react'
import { useText } from '../../i18n/text.ts'
import type { useMentions } from './use-mentions.ts'

type MessageFieldProps = Pick<ComponentProps<'textarea'>, 'ref' | 'onKeyDown' | 'onFocus'> & {
  body: string
  mentions: ReturnType<typeof useMentions>
  /** Of the people who can be mentioned, to whom the field points while there are some. */
  listId: string
  onWrite: (body: string) => void
}

/** The field itself, as tall as what stands in it. */
export function MessageField({ body, mentions, listId, onWrite, ...rest }: MessageFieldProps) {
  const text = useText()
  const listed = mentions.people.length > 0
  return (
    <textarea
      {...rest}
      aria-label={text('chat.message')}
      placeholder={text('chat.message')}
      aria-autocomplete="list"
      aria-controls={listed ? listId : undefined}
      aria-activedescendant={listed ? `${listId}-${mentions.active}` : undefined}
      rows={1}
      value={body}
      onChange={(event) => onWrite(event.target.value)}
    />
  )
}
