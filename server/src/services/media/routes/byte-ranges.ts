import type { ByteRange } from '../blobs/read-blob.ts'

/**
 * What a Range header asks of a file of `sizeBytes`: one range, `all` when there is none that we serve (several ranges,
 * other units, nonsense - a server may ignore those), or `unsatisfiable`.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function requestedRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'all' | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(?<first>\d{0,15})-(?<last>\d{0,15})[ \t]*$/i.exec(header ?? '')
  const { first = '', last = '' } = match?.groups ?? {}
  if (first === '' && last === '') return 'all'
  if (first === '') {
    const suffix = Number(last)
    if (suffix === 0 || sizeBytes === 0) return 'unsatisfiable'
    return { start: Math.max(0, sizeBytes - suffix), end: sizeBytes }
  }
  const start = Number(first)
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (last !== '' && Number(last) < start) return 'all'
  return start >= sizeBytes ? 'unsatisfiable' : { start, end }
}

/** True when one of the entity tags in If-None-Match is `etag`. Tags are compared weakly, as the RFC asks for this header. */
export function matchesAny(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
