export type PeopleItem =
  | { kind: 'me'; key: string }
  | { kind: 'heading'; key: 'favourites' | 'friends' | 'others'; count: number }
  | { kind: 'person'; key: string }

type Shown = {
  me: string
  friends: readonly { userId: string; name: string; favourite: boolean }[]
  term: string
  /** What the directory found, without oneself; `undefined` while it was not asked. */
  found: readonly { userId: string }[] | undefined
}

/** The lines of the people's section: everybody by name, or those who fit what is looked for, friends first. */
export function peopleItems({ me, friends, term, found }: Shown): PeopleItem[] {
  const sorted = friends.toSorted((a, b) => a.name.localeCompare(b.name))
  const wanted = term.trim().toLocaleLowerCase()
  if (wanted === '')
    return [
      { kind: 'me', key: me },
      ...group(
        'favourites',
        sorted.filter(({ favourite }) => favourite),
      ),
      ...group(
        'friends',
        sorted.filter(({ favourite }) => !favourite),
      ),
    ]
  const known = sorted.filter(({ userId, name }) => `${name} ${userId}`.toLocaleLowerCase().includes(wanted))
  const ids = new Set(known.map(({ userId }) => userId))
  return [
    ...group('friends', known),
    ...group(
      'others',
      (found ?? []).filter(({ userId }) => !ids.has(userId)),
    ),
  ]
}

function group(
  key: 'favourites' | 'friends' | 'others',
  people: readonly { userId: string }[],
): PeopleItem[] {
  if (people.length === 0) return []
  const rows = people.map(({ userId }) => ({ kind: 'person' as const, key: userId }))
  return [{ kind: 'heading', key, count: people.length }, ...rows]
}
