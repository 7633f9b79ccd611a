import { Building2, Globe, Search, UsersRound } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { createGroup, type FoundPerson, openDirectChat } from '../../api/start-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import { FindPeople } from '../find-people/find-people.tsx'
import { FindChats } from './find-chats.tsx'
import styles from './new-chat.module.css'
import { NewRoom, type RoomKind } from './new-room.tsx'

type NewChatProps = { open: boolean; onClose: () => void }
type Step = 'people' | 'discover' | RoomKind

/** Begins a chat: with somebody, with several, or one of the kinds that people come into by themselves. */
export function NewChat({ open, onClose }: NewChatProps) {
  const text = useText()
  const [step, setStep] = useState<Step>('people')
  const titles = {
    people: 'chats.new',
    discover: 'new.discover',
    group: 'new.group',
    open: 'new.open',
    community: 'new.community',
  } as const
  return (
    <Sheet
      tall
      open={open}
      title={text(titles[step])}
      closeLabel={text('general.close')}
      onClose={() => {
        onClose()
        setStep('people')
      }}
    >
      <Content
        step={step}
        onStep={setStep}
        onDone={(roomId) => {
          onClose()
          setStep('people')
          goTo({ section: 'chats', open: roomId })
        }}
      />
    </Sheet>
  )
}

type ContentProps = { step: Step; onStep: (step: Step) => void; onDone: (roomId: string) => void }

function Content({ step, onStep, onDone }: ContentProps) {
  if (step === 'people') return <WithPeople onStep={onStep} onDone={onDone} />
  if (step === 'discover') return <FindChats onChoose={onDone} />
  return <NewRoom kind={step} onDone={onDone} />
}

function WithPeople({ onStep, onDone }: Omit<ContentProps, 'step'>) {
  const text = useText()
  const client = useClient()
  const [chosen, setChosen] = useState<readonly FoundPerson[]>([])
  const [name, setName] = useState('')
  const { busy, run } = useBusy(() => showToast(text('general.failed')))

  async function start(): Promise<void> {
    const [only] = chosen
    const ids = chosen.map(({ userId }) => userId)
    const alone = ids.length === 1 && only
    onDone(alone ? await openDirectChat(client, only.userId) : await createGroup(client, name, ids))
  }

  return (
    <div className={styles['form']}>
      <FindPeople chosen={chosen} onChange={setChosen}>
        <Kinds onStep={onStep} />
      </FindPeople>
      {chosen.length > 1 && (
        <TextField
          label={text('chats.groupName')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {chosen.length > 0 && (
        <Button wide busy={busy} onClick={() => run(start)}>
          {text('chats.start', { count: chosen.length })}
        </Button>
      )}
    </div>
  )
}

const kinds = [
  { step: 'group', picture: <UsersRound size={22} />, title: 'new.group', text: 'new.groupText' },
  { step: 'open', picture: <Globe size={22} />, title: 'new.open', text: 'new.openText' },
  { step: 'community', picture: <Building2 size={22} />, title: 'new.community', text: 'new.communityText' },
  { step: 'discover', picture: <Search size={22} />, title: 'new.discover', text: 'new.discoverText' },
] as const satisfies readonly { step: Step; picture: ReactNode; title: string; text: string }[]

function Kinds({ onStep }: { onStep: (step: Step) => void }) {
  const text = useText()
  return kinds.map(({ step, picture, title, text: explained }) => (
    <ListRow
      key={step}
      wrap
      start={<span className={styles['picture']}>{picture}</span>}
      title={text(title)}
      text={text(explained)}
      onClick={() => onStep(step)}
    />
  ))
}
