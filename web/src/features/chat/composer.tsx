import { SendHorizontal, Smile } from 'lucide-react'
import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from 'react'
import { editOf, replyTo, textContent } from '../../api/compose.ts'
import { outbox } from '../../api/device-outbox.ts'
import { drafts, setDraft } from '../../api/drafts.ts'
import { useStore } from '../../api/use-store.ts'
import { useTellTyping } from '../../api/use-tell-typing.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { AttachMenu } from './attach-menu.tsx'
import styles from './composer.module.css'
import { ComposingBar } from './composing-bar.tsx'
import { MentionList } from './mention-list.tsx'
import { MessageField } from './message-field.tsx'
import { useMentions } from './use-mentions.ts'
import { VoiceButton } from './voice-button.tsx'

const Stickers = lazy(() =>
  import('../stickers/stickers.tsx').then(({ Stickers }) => ({ default: Stickers })),
)

type Composing = { kind: 'reply' | 'edit'; event: MatrixEvent }
type ComposerProps = {
  room: Room
  composing?: Composing | undefined
  onDone?: () => void
  threadId?: string
}

/** Where messages are written. What stands here survives whatever happens to the page. */
export function Composer({ room, composing, onDone = () => {}, threadId }: ComposerProps) {
  const text = useText()
  const { roomId } = room
  const field = useRef<HTMLTextAreaElement>(null)
  const listId = useId()
  const { body, setBody } = useDraft(threadId === undefined ? roomId : `${roomId} ${threadId}`, composing)
  const tellTyping = useTellTyping(room)
  const thread = threadId === undefined ? {} : { threadId }
  const mentions = useMentions(room, body, write)
  const [choosing, setChoosing] = useState(false)
  useEffect(() => {
    if (composing) field.current?.focus()
  }, [composing])

  function write(next: string): void {
    setBody(next)
    tellTyping(next !== '')
  }

  function send(): void {
    const said = body.trim()
    if (said === '') return
    const content = textContent(said, mentions.chosen)
    const eventId = composing?.event.getId()
    setBody('')
    tellTyping(false)
    onDone()
    void outbox.add({
      roomId,
      ...thread,
      type: 'm.room.message',
      content: eventId === undefined ? content : relate(composing, eventId, content),
    })
  }

  function press(event: KeyboardEvent): void {
    if (mentions.press(event)) return
    if (event.key === 'Escape') onDone()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <div className={styles['area']}>
      {composing && <ComposingBar kind={composing.kind} event={composing.event} onCancel={onDone} />}
      <MentionList id={listId} mentions={mentions} />
      <form
        className={styles['composer']}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <AttachMenu room={room} {...thread} />
        <MessageField
          ref={field}
          body={body}
          mentions={mentions}
          listId={listId}
          onWrite={write}
          onKeyDown={press}
          onFocus={() => setChoosing(false)}
        />
        <IconButton
          label={text('sticker.title')}
          aria-expanded={choosing}
          onClick={() => setChoosing(!choosing)}
        >
          <Smile size={23} aria-hidden />
        </IconButton>
        {body.trim() === '' && !composing ? (
          <VoiceButton room={room} {...thread} />
        ) : (
          <IconButton type="submit" look="filled" label={text('chat.send')} disabled={body.trim() === ''}>
            <SendHorizontal size={20} aria-hidden />
          </IconButton>
        )}
      </form>
      {choosing && (
        <Suspense>
          <Stickers room={room} {...thread} relation={replyOf(composing)} onSent={onDone} />
        </Suspense>
      )}
    </div>
  )
}

function replyOf(composing: Composing | undefined): Record<string, unknown> {
  const eventId = composing?.kind === 'reply' ? composing.event.getId() : undefined
  return eventId === undefined ? {} : replyTo(eventId)
}

function relate(composing: Composing | undefined, eventId: string, content: Record<string, unknown>) {
  return composing?.kind === 'edit' ? editOf(eventId, content) : { ...content, ...replyTo(eventId) }
}

/** The text of the field: the draft of the chat, or what is being edited, which leaves the draft alone. */
function useDraft(key: string, composing: Composing | undefined) {
  const draft = useStore(drafts).get(key) ?? ''
  const [edited, setEdited] = useState<{ event: MatrixEvent; body: string }>()
  const editing = composing?.kind === 'edit' ? composing.event : undefined
  if (editing && edited?.event !== editing)
    setEdited({ event: editing, body: String(editing.getContent()['body'] ?? '') })
  if (editing)
    return {
      body: edited?.body ?? '',
      setBody: (next: string) => setEdited({ event: editing, body: next }),
    }
  return { body: draft, setBody: (next: string) => setDraft(key, next) }
}
