import type { JsonObject } from '../../../platform/json.ts'
import type { Document, Kind, Shown } from '../documents.ts'

/** An event as it goes to the shop, and the object whose events are told in order. */
export type NewEvent = {
  shop: string
  id: string
  type: string
  object: string
  body: string
  createdMs: number
}

/** A request of a shop that may come again: its key, and the digest of what it asks for. */
export type Claim = { key: string; digest: string }

/** Another node has claimed a key in the same moment: the batch is to be decided again. */
export class KeyRace extends Error {}

export type Answer = { status: number; body: string }

/** What one change of a batch sees and leaves: documents of its shop as those before it in the batch left them. */
export type Draft = {
  readonly nowMs: number
  /** A document of those that the change named; undefined when there is none of this kind. */
  get<K extends Kind>(kind: K, id: string): Document<K> | undefined
  put<K extends Kind>(document: Document<K>): void
  /** Tells the shop that this happened to the object shown. */
  event(type: string, shown: Shown): void
  /** What the request with this key is answered, now and whenever it is sent again. */
  answer(key: string | null, status: number, body: JsonObject): void
}

/** What all changes of a batch leave together. */
export type BatchDraft = {
  nowMs: number
  documents: Map<string, Document>
  /** Those that were there before. */
  loaded: ReadonlySet<string>
  changed: Set<string>
  events: NewEvent[]
  answers: Map<string, Answer & { shop: string; key: string }>
}

export type Presenter = (shop: string, id: string, type: string, atMs: number, shown: Shown) => string

/** Runs `decide` on a copy that becomes part of the batch only when it does not throw. */
export function attempt<Result>(
  batch: BatchDraft,
  shop: string,
  tools: { newId: () => string; present: Presenter },
  decide: (draft: Draft) => Result,
): Result {
  const documents = new Map<string, Document>()
  const events: NewEvent[] = []
  const answers = new Map<string, Answer & { shop: string; key: string }>()
  const result = decide({
    nowMs: batch.nowMs,
    get(kind, id) {
      const at = place(shop, id)
      const found = documents.get(at) ?? batch.documents.get(at)
      // A copy: what is changed and not put back must not be there.
      return found?.kind === kind ? (copyOf(found) as never) : undefined
    },
    put: (document) => void documents.set(place(shop, document.id), document),
    event(type, shown) {
      const id = `evt_${tools.newId()}`
      const body = tools.present(shop, id, type, batch.nowMs, shown)
      events.push({ shop, id, type, object: shown.id, body, createdMs: batch.nowMs })
    },
    answer(key, status, body) {
      if (key !== null) answers.set(place(shop, key), { shop, key, status, body: JSON.stringify(body) })
    },
  })
  for (const [at, document] of documents) {
    batch.documents.set(at, document)
    batch.changed.add(at)
  }
  batch.events.push(...events)
  for (const [at, answer] of answers) batch.answers.set(at, answer)
  return result
}

/** Of what is JSON and nothing else. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as Value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copyOf(part)])) as Value
}

export function place(shop: string, id: string): string {
  return `${shop}\n${id}`
}
