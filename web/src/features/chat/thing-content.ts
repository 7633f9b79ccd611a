import type { ShownThing } from './shown-things.ts'

/** What a thing says now: an event after its edits, or what is on its way. */
export function contentOf(thing: ShownThing): Record<string, unknown> {
  return thing.event ? thing.event.getContent() : thing.entry.content
}

export function typeOf(thing: ShownThing): string {
  return thing.event ? thing.event.getType() : thing.entry.type
}

export function infoOf(content: Record<string, unknown>): Record<string, unknown> {
  const info = content['info']
  return typeof info === 'object' && info !== null ? (info as Record<string, unknown>) : {}
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
