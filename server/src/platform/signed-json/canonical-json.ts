import type { JsonObject, JsonValue } from '../json.ts'

/** How deep arrays and objects may nest before the value is refused rather than exhausting the stack. */
export const maxCanonicalDepth = 500

/** The value has no canonical form; the message says which part of the rules it breaks. */
export class CanonicalJsonError extends Error {
  override name = 'CanonicalJsonError'
}

/**
 * The one encoding of a JSON value that every server hashes and signs: keys in code point order, no white
 * space, numbers only integers within ±(2^53-1). `-0` is written `0`. Throws CanonicalJsonError for anything
 * else: floats, NaN, `undefined`, strings that UTF-8 cannot carry.
 *
 * https://spec.matrix.org/v1.19/appendices/#canonical-json
 */
export function canonicalJson(value: JsonValue): string {
  return writeValue(value, integersOnly, 0)
}

/** `canonicalJson` of the object as if it did not have these keys at its top level. */
export function canonicalJsonWithout(object: JsonObject, omitted: readonly string[]): string {
  return writeObject(object, integersOnly, 1, omitted)
}

/**
 * As `canonicalJsonWithout`, but any finite number is written, in its shortest form: events of room versions 1
 * to 5 may hold floats and large integers and must still be hashed.
 */
export function lenientCanonicalJsonWithout(object: JsonObject, omitted: readonly string[]): string {
  return writeObject(object, anyFiniteNumber, 1, omitted)
}

type NumberRule = (value: number) => boolean
const integersOnly: NumberRule = Number.isSafeInteger
const anyFiniteNumber: NumberRule = Number.isFinite
const nothing: readonly string[] = []

function writeValue(value: JsonValue | undefined, mayWrite: NumberRule, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quote(value)
    case 'number':
      if (!mayWrite(value)) throw new CanonicalJsonError(numberFault(value))
      return Number.isInteger(value) ? writeInteger(value) : String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth >= maxCanonicalDepth)
        throw new CanonicalJsonError(`JSON nests deeper than ${maxCanonicalDepth}`)
      return Array.isArray(value)
        ? writeArray(value, mayWrite, depth + 1)
        : writeObject(value, mayWrite, depth + 1, nothing)
    default:
      throw new CanonicalJsonError(`${typeof value} is not a JSON value`)
  }
}

function writeArray(items: JsonValue[], mayWrite: NumberRule, depth: number): string {
  let text = '['
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ','
    text += writeValue(items[index], mayWrite, depth)
  }
  return `${text}]`
}

function writeObject(
  object: JsonObject,
  mayWrite: NumberRule,
  depth: number,
  omitted: readonly string[],
): string {
  const keys = Object.keys(object)
  const plain = keys.every(isPlain)
  sortKeys(keys, plain)

  let text = ''
  for (const key of keys) {
    if (omitted.length > 0 && omitted.includes(key)) continue
    text += text === '' ? '{' : ','
    text += plain ? `"${key}"` : quote(key)
    text += ':'
    text += writeValue(object[key], mayWrite, depth)
  }
  return text === '' ? '{}' : `${text}}`
}

/**
 * JavaScript compares strings by UTF-16 code unit, which is code point order as long as there are no
 * surrogates - and plain keys have none. Most objects arrive already sorted.
 */
function sortKeys(keys: string[], plain: boolean): void {
  if (!plain) {
    keys.sort(compareCodePoints)
    return
  }
  let previous = ''
  for (const key of keys) {
    if (key < previous) {
      keys.sort()
      return
    }
    previous = key
  }
}

function compareCodePoints(left: string, right: string): number {
  const shared = Math.min(left.length, right.length)
  for (let index = 0; index < shared; index++) {
    const difference = codePointRank(left.charCodeAt(index)) - codePointRank(right.charCodeAt(index))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Ranks a UTF-16 code unit so that surrogates, which stand for U+10000 and above, come after U+FFFF. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/**
 * JSON.stringify escapes exactly what the canonical grammar escapes, in the same spelling, except that it would
 * hide an unpaired surrogate behind an escape.
 */
function quote(text: string): string {
  if (text.length <= longestScanned && isPlain(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new CanonicalJsonError('a string holds an unpaired surrogate')
  return JSON.stringify(text)
}

/** Above this length the engine's own scan inside JSON.stringify is faster than ours. */
const longestScanned = 64

/** True if the text needs no escape and sorts by its code units. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || unit >= 0xd800) return false
  }
  return true
}

/** Beyond 2^53 JavaScript pads the shortest digits with zeroes; other servers write the exact value. */
function writeInteger(value: number): string {
  return Number.isSafeInteger(value) || Math.abs(value) >= 2 ** 64 ? String(value) : String(BigInt(value))
}

function numberFault(value: number): string {
  if (!Number.isFinite(value)) return `${value} is not a JSON number`
  if (!Number.isInteger(value)) return `${value} is not an integer`
  return `${value} is outside ±(2^53-1)`
}
