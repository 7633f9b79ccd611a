import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Clock } from '../../../platform/clock.ts'
import type { JsonValue } from '../../../platform/json.ts'
import type { Bus } from '../../../platform/stream/bus.ts'
import { StatusBody } from '../wire.ts'
import type { People } from './people.ts'
import type { Statement, View } from './person.ts'

/** Keeps the nodes' knowledge of people the same, over the bus. */
export type Spread = {
  /** What this node sees of a person, here and told to the others. */
  view(userId: string, view: View | undefined): void
  state(userId: string, statement: Statement): void
  /** To be called every `tickMs`. */
  tick(): void
}

const topic = 'presence'
/** A node that is silent for so long is dead, and what it saw is forgotten. */
const silenceMaxMs = 45_000
const beatEveryMs = 15_000

/** Read from the bus, and so checked: two versions of Dure may share it during an upgrade. */
const Message = Type.Object({
  node: Type.String(),
  /** `hello`: tell me what you know. `beat`: I am alive. */
  say: Type.Union([Type.Literal('hello'), Type.Literal('beat'), Type.Literal('person')]),
  userId: Type.Optional(Type.String()),
  /** Null: nothing any more. */
  view: Type.Optional(Type.Union([Type.Literal('online'), Type.Literal('unavailable'), Type.Null()])),
  statement: Type.Optional(Type.Intersect([StatusBody, Type.Object({ at: Type.Integer() })])),
})
type Message = Static<typeof Message>

/** Messages may be lost with a connection: after each new one a node says hello, and the others tell it all they see. */
export function createSpread(deps: { bus: Bus; clock: Clock; people: People }, node: string): Spread {
  const { bus, clock, people } = deps
  const heardAtMs = new Map<string, number>()
  let askedForAll = false
  let beatAtMs = 0

  function tell(message: Omit<Message, 'node'>): void {
    bus.publish(topic, { node, ...message })
  }

  function receive(raw: JsonValue): void {
    if (!Value.Check(Message, raw) || raw.node === node) return
    // A node that is new here, or was believed dead, may see people that it will not speak of again by itself.
    if (!heardAtMs.has(raw.node) && raw.say !== 'hello') tell({ say: 'hello' })
    heardAtMs.set(raw.node, clock.now())
    if (raw.say === 'hello') askedForAll = true
    const { userId, view, statement } = raw
    if (userId === undefined) return
    if (view !== undefined) people.view(userId, raw.node, view ?? undefined)
    if (statement) {
      const { presence, status_msg: statusMsg, at: atMs } = statement
      people.state(userId, { presence, statusMsg, atMs })
    }
  }

  /** Several hellos at once - after a fail-over all nodes say it - are answered together. */
  function tellAll(): void {
    for (const [userId, { views, statement }] of people.all()) {
      const view = views.get(node)
      if (view === undefined && statement === undefined) continue
      tell({
        say: 'person',
        userId,
        ...(view ? { view } : {}),
        ...(statement ? { statement: spoken(statement) } : {}),
      })
    }
  }

  bus.subscribe(topic, receive)
  bus.onGap(() => tell({ say: 'hello' }))

  return {
    view(userId, view) {
      people.view(userId, node, view)
      tell({ say: 'person', userId, view: view ?? null })
    },
    state(userId, statement) {
      people.state(userId, statement)
      tell({ say: 'person', userId, statement: spoken(statement) })
    },
    tick() {
      const now = clock.now()
      if (askedForAll) tellAll()
      askedForAll = false
      if (now - beatAtMs >= beatEveryMs) {
        beatAtMs = now
        tell({ say: 'beat' })
      }
      for (const [other, atMs] of heardAtMs) {
        if (now - atMs < silenceMaxMs) continue
        heardAtMs.delete(other)
        people.forgetNode(other)
      }
    },
  }
}

function spoken({ presence, statusMsg, atMs }: Statement) {
  return { presence, at: atMs, ...(statusMsg === undefined ? {} : { status_msg: statusMsg }) }
}
