import { useEffect, useState } from 'react'
import { useClient } from './client-context.ts'
import { type FoundPerson, findPeople } from './start-chat.ts'

const patienceMs = 200
const lettersLeast = 2

/** Asks the directory when the person has stopped typing for a moment; `undefined` while there is nothing to ask for. */
export function useFoundPeople(term: string): readonly FoundPerson[] | undefined {
  const client = useClient()
  const [found, setFound] = useState<readonly FoundPerson[]>()
  const wanted = term.trim()
  useEffect(() => {
    if (wanted.length < lettersLeast) return
    const timer = setTimeout(() => {
      findPeople(client, wanted).then(setFound, () => setFound(undefined))
    }, patienceMs)
    return () => clearTimeout(timer)
  }, [client, wanted])
  return wanted.length < lettersLeast ? undefined : found
}
