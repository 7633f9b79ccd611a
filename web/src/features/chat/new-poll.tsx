import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { outbox } from '../../api/device-outbox.ts'
import { pollContent } from '../../api/poll-content.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './new-poll.module.css'

type NewPollProps = { room: Room; open: boolean; onClose: () => void }

const answersMost = 10

export function NewPoll({ room, open, onClose }: NewPollProps) {
  const text = useText()
  return (
    <Sheet open={open} title={text('chat.poll')} closeLabel={text('general.close')} onClose={onClose}>
      <Form room={room} onDone={onClose} />
    </Sheet>
  )
}

function Form({ room, onDone }: { room: Room; onDone: () => void }) {
  const text = useText()
  const [question, setQuestion] = useState('')
  const [answers, setAnswers] = useState<readonly string[]>(['', ''])
  const given = answers.map((answer) => answer.trim()).filter(Boolean)

  function change(index: number, value: string): void {
    const next = answers.map((answer, other) => (other === index ? value : answer))
    // There is always room for one more.
    const full = next.every((answer) => answer !== '') && next.length < answersMost
    setAnswers(full ? [...next, ''] : next)
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        const { type, content } = pollContent(question.trim(), given)
        void outbox.add({ roomId: room.roomId, type, content })
        onDone()
      }}
    >
      <TextField
        label={text('poll.question')}
        value={question}
        maxLength={300}
        required
        onChange={(event) => setQuestion(event.target.value)}
      />
      {answers.map((answer, index) => (
        <TextField
          // biome-ignore lint/suspicious/noArrayIndexKey: answers are only ever added at the end.
          key={index}
          label={text('poll.answer', { count: index + 1 })}
          value={answer}
          maxLength={200}
          onChange={(event) => change(index, event.target.value)}
        />
      ))}
      <Button type="submit" wide disabled={question.trim() === '' || given.length < 2}>
        {text('chat.send')}
      </Button>
    </form>
  )
}
