import type { Clock } from '../../../platform/clock.ts'
import type { SoftChanges } from '../soft-changes.ts'
import type { StatusAnswer } from '../wire.ts'
import { newPerson, type Person, type Statement, stateOf, type View } from './person.ts'

/** Everybody's presence as this node knows it. */
export type People = {
  get(userId: string): Person | undefined
  /** What `node` sees of the person's devices from now on; undefined: nothing any more. */
  view(userId: string, node: string, view: View | undefined): void
  state(userId: string, statement: Statement): void
  /** The person did something; it is a change only when they were not online. */
  active(userId: string, atMs: number): void
  /** Looks whether time has changed anybody's state. */
  lookAgain(): void
  /** Forgets all that a node saw. */
  forgetNode(node: string): void
  status(userId: string): StatusAnswer
  /** Those of `among` who changed after change `shown`; without it, those who are not offline or were not lately. */
  changed(among: ReadonlySet<string>, shown: number | undefined): string[]
  all(): Iterable<[string, Person]>
}

export function createPeople(
  deps: { clock: Clock; changes: SoftChanges },
  options: { idleAfterMs: number; remembered: number },
  onChange: (userId: string) => void,
): People {
  const { clock, changes } = deps
  /** In the order of change, so that the first is the one to forget. */
  const people = new Map<string, Person>()
  const log = createChangeLog()

  function known(userId: string): Person {
    const person = people.get(userId) ?? newPerson()
    people.set(userId, person)
    return person
  }

  function judge(userId: string, person: Person): void {
    const shown = `${stateOf(person, clock.now(), options.idleAfterMs)} ${person.statement?.statusMsg ?? ''}`
    if (shown === person.shown) return
    person.shown = shown
    person.changedAt = changes.next()
    log.add(person.changedAt, userId)
    people.delete(userId)
    people.set(userId, person)
    if (people.size > options.remembered) forgetOneOffline(people)
    onChange(userId)
  }

  return {
    get: (userId) => people.get(userId),
    view(userId, node, view) {
      const person = known(userId)
      // Coming online counts as doing something: nobody is idle from the first moment.
      if (view === 'online' && ![...person.views.values()].includes('online'))
        person.lastActiveMs = clock.now()
      if (view) person.views.set(node, view)
      else person.views.delete(node)
      judge(userId, person)
    },
    state(userId, statement) {
      const person = known(userId)
      if (person.statement && person.statement.atMs > statement.atMs) return
      person.statement = statement
      if (statement.presence === 'online') person.lastActiveMs = Math.max(person.lastActiveMs, statement.atMs)
      judge(userId, person)
    },
    active(userId, atMs) {
      const person = people.get(userId)
      if (!person || person.lastActiveMs >= atMs) return
      person.lastActiveMs = atMs
      judge(userId, person)
    },
    lookAgain() {
      for (const [userId, person] of [...people]) if (person.views.size > 0) judge(userId, person)
    },
    forgetNode(node) {
      for (const [userId, person] of [...people]) if (person.views.delete(node)) judge(userId, person)
    },
    status(userId) {
      const person = people.get(userId)
      if (!person) return { presence: 'offline' }
      const presence = stateOf(person, clock.now(), options.idleAfterMs)
      const { lastActiveMs, statement } = person
      return {
        presence,
        ...(lastActiveMs === 0 ? {} : { last_active_ago: Math.max(0, clock.now() - lastActiveMs) }),
        ...(presence === 'online' ? { currently_active: true } : {}),
        ...(statement?.statusMsg === undefined ? {} : { status_msg: statement.statusMsg }),
      }
    },
    changed(among, shown) {
      const after = shown ?? 0
      const lately = log.since(after)
      if (lately) return [...lately].filter((userId) => among.has(userId))
      return [...(among.size < people.size ? among : people.keys())].filter(
        (userId) => among.has(userId) && (people.get(userId)?.changedAt ?? 0) > after,
      )
    },
    all: () => people,
  }
}

function forgetOneOffline(people: Map<string, Person>): void {
  for (const [userId, { views }] of people) {
    if (views.size > 0) continue
    people.delete(userId)
    return
  }
}

const logMax = 20_000

/** The last changes in order, so that who asks for few of them does not walk through everybody. */
function createChangeLog() {
  let entries: { change: number; userId: string }[] = []
  let floor = 0
  return {
    add(change: number, userId: string): void {
      entries.push({ change, userId })
      if (entries.length <= logMax) return
      entries = entries.slice(logMax / 2)
      floor = (entries[0]?.change ?? 1) - 1
    },
    /** Who changed after `change`; undefined when that is too long ago. */
    since(change: number): Set<string> | undefined {
      if (change < floor) return undefined
      const found = new Set<string>()
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i]
        if (!entry || entry.change <= change) break
        found.add(entry.userId)
      }
      return found
    },
  }
}
