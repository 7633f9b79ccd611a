import type { Position } from './stream.ts'

/**
 * A place in the stream as clients carry it: `next_batch` and `since` of /sync, `from` and `to` of /messages, `at` of
 * /members. Opaque to clients; every part of the server writes and reads it here.
 */
export type StreamToken = {
  /** Everything up to and including this position has been shown, or lies behind. */
  position: Position
  /** How far the device's to-device messages have been given, when more of them wait than one answer holds. */
  toDevice?: Position | undefined
  /** Which state of a sliding sync's connection the answer left behind. */
  connection?: number | undefined
  /** What the issuing node had shown of typing and presence; only that node understands it. */
  soft?: string | undefined
}

const form =
  /^s(?<position>0|[1-9]\d{0,15})(?:d(?<toDevice>0|[1-9]\d{0,15}))?(?:c(?<connection>[1-9]\d{0,15}))?(?:_(?<soft>[\w.~-]{1,200}))?$/

/** `s<position>`, then `d<position>`, `c<state of a connection>` and `_<soft part>` when there are such. */
export function formatToken({ position, toDevice, connection, soft }: StreamToken): string {
  const further = `${toDevice === undefined ? '' : `d${toDevice}`}${connection === undefined ? '' : `c${connection}`}`
  return `s${position}${further}${soft === undefined ? '' : `_${soft}`}`
}

/** Undefined when `text` is not a token that `formatToken` could have made. */
export function parseToken(text: string): StreamToken | undefined {
  const groups = form.exec(text)?.groups
  if (!groups) return undefined
  const position = Number(groups['position'])
  const toDevice = groups['toDevice'] === undefined ? undefined : Number(groups['toDevice'])
  const connection = groups['connection'] === undefined ? undefined : Number(groups['connection'])
  if (![position, toDevice ?? 0, connection ?? 0].every(Number.isSafeInteger)) return undefined
  if (toDevice !== undefined && toDevice > position) return undefined
  return { position, toDevice, connection, soft: groups['soft'] }
}
