import { fold } from './glob.ts'

/** The event as its readers get it, but for `unsigned`, which is not the same for all of them. */
export type PushEvent = {
  readonly type: string
  readonly sender: string
  readonly room_id: string
  readonly content: { readonly [key: string]: unknown }
  readonly state_key?: string
  readonly [key: string]: unknown
}

/** What conditions ask about the room. */
export type RoomFacts = {
  readonly memberCount: number
  /** Whether a user may notify others with the notification type `key`, such as `room`. */
  mayNotify(userId: string, key: string): boolean
}

/**
 * An event made ready for the rules of any number of members: each property is looked up, and
 * each text folded, when the first of them asks and never again.
 */
export type PreparedEvent = {
  readonly type: string
  readonly sender: string
  readonly roomId: string
  readonly foldedType: string
  readonly foldedRoomId: string
  readonly isRedacted: boolean
  readonly room: RoomFacts
  /** The value at a path, or undefined. Nothing is found inside arrays. */
  value(path: PropertyPath): unknown
  /** The folded value at a path if it is a string. */
  text(path: PropertyPath): string | undefined
}

/** A dot-separated property path, parsed (https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths). */
export type PropertyPath = { readonly key: string; readonly names: readonly string[] }

export function parsePath(key: string): PropertyPath {
  const names: string[] = []
  let name = ''
  for (let at = 0; at < key.length; at++) {
    const character = key.charAt(at)
    const next = key.charAt(at + 1)
    if (character === '.') {
      names.push(name)
      name = ''
    } else if (character === '\\' && (next === '.' || next === '\\')) {
      name += next
      at++
    } else {
      name += character
    }
  }
  names.push(name)
  return { key, names }
}

export function prepareEvent(
  event: PushEvent,
  room: RoomFacts,
  options: { isRedacted?: boolean } = {},
): PreparedEvent {
  const found = new Map<string, { value: unknown; text: string | undefined }>()
  const look = (path: PropertyPath) => {
    const known = found.get(path.key)
    if (known) return known
    const value = valueAt(event, path.names)
    const entry = { value, text: typeof value === 'string' ? fold(value) : undefined }
    found.set(path.key, entry)
    return entry
  }
  return {
    type: event.type,
    sender: event.sender,
    roomId: event.room_id,
    foldedType: fold(event.type),
    foldedRoomId: fold(event.room_id),
    isRedacted: options.isRedacted ?? false,
    room,
    value: (path) => look(path).value,
    text: (path) => look(path).text,
  }
}

function valueAt(event: PushEvent, names: readonly string[]): unknown {
  if (names[0] === 'unsigned') return undefined
  let value: unknown = event
  for (const name of names) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
