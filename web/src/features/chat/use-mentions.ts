import type { Room } from 'matrix-js-sdk'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import type { Mentioned } from '../../api/compose.ts'
import { mentionTerm } from './mention-term.ts'

const shownMost = 5

export type Mentions = {
  /** People whose name goes on as the person has begun to write it after an @. */
  people: readonly Mentioned[]
  /** The one that Enter chooses. */
  active: number
  /** Everybody chosen so far. */
  chosen: readonly Mentioned[]
  choose(person: Mentioned): void
  /** True when the key was meant for the list. */
  press(event: KeyboardEvent): boolean
}

/** Completes names while they are written; `write` takes the text with the whole name in it. */
export function useMentions(room: Room, body: string, write: (next: string) => void): Mentions {
  const me = useClient().getUserId()
  const [chosen, setChosen] = useState<readonly Mentioned[]>([])
  const [{ at, refused }, setPicking] = useState<{ at: number; refused?: string }>({ at: 0 })
  const term = mentionTerm(body)
  const people = useMemo(() => {
    if (term === undefined || body === refused) return []
    const wanted = term.toLocaleLowerCase()
    return room
      .getJoinedMembers()
      .filter(({ userId }) => userId !== me)
      .filter(({ name, userId }) => `${name} ${userId}`.toLocaleLowerCase().includes(wanted))
      .slice(0, shownMost)
      .map(({ userId, name }) => ({ userId, name }))
  }, [room, me, term, body, refused])
  const active = Math.min(at, people.length - 1)

  function choose(person: Mentioned): void {
    setChosen([...chosen, person])
    setPicking({ at: 0 })
    write(`${body.slice(0, body.length - (term?.length ?? 0))}${person.name} `)
  }

  function press(event: KeyboardEvent): boolean {
    const person = people[active]
    if (!person || event.nativeEvent.isComposing) return false
    if (event.key === 'Enter' || event.key === 'Tab') choose(person)
    else if (event.key === 'ArrowDown') setPicking({ at: (active + 1) % people.length })
    else if (event.key === 'ArrowUp') setPicking({ at: (active + people.length - 1) % people.length })
    else if (event.key === 'Escape') setPicking({ at: 0, refused: body })
    else return false
    event.preventDefault()
    return true
  }

  return { people, active, chosen, choose, press }
}
