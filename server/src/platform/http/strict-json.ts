import type { JsonValue } from '../json.ts'

export type JsonProblem = 'not_json' | 'bad_json'

export class JsonError extends Error {
  readonly problem: JsonProblem

  constructor(problem: JsonProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

const depthMax = 100
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a request body: UTF-8 without tolerance, no duplicate keys, at most 100 levels deep, no lone surrogates.
 * `JSON.parse` alone would let the last of two equal keys win, and two readers of one signed object could
 * then disagree about what it says. Throws `JsonError`.
 */
export function parseStrictJson(body: Uint8Array): JsonValue {
  let text: string
  try {
    text = utf8.decode(body)
  } catch {
    throw new JsonError('not_json', 'The body is not valid UTF-8.')
  }
  let value: JsonValue
  try {
    value = JSON.parse(text)
  } catch {
    throw new JsonError('not_json', 'The body is not valid JSON.')
  }
  if (text.includes('\\u') && !isWellFormed(value))
    throw new JsonError('bad_json', 'A string holds half of a surrogate pair.')
  checkStructure(text)
  return value
}

function isWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member))
}

/** One pass over text that is already known to be valid JSON. */
function checkStructure(text: string): void {
  const keysOfLevel: (Set<string> | undefined)[] = []
  let keyExpected = false
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22: {
        const end = endOfString(text, i)
        if (keyExpected) addKey(keysOfLevel.at(-1), text.slice(i, end))
        keyExpected = false
        i = end - 1
        break
      }
      case 0x7b:
        keysOfLevel.push(new Set())
        keyExpected = true
        break
      case 0x5b:
        keysOfLevel.push(undefined)
        keyExpected = false
        break
      case 0x7d:
      case 0x5d:
        keysOfLevel.pop()
        keyExpected = false
        break
      case 0x2c:
        keyExpected = keysOfLevel.at(-1) !== undefined
        break
    }
    if (keysOfLevel.length > depthMax)
      throw new JsonError('bad_json', `The body is nested deeper than ${depthMax} levels.`)
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, index: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(index - 1 - backslashes) === 0x5c) backslashes++
  return backslashes % 2 === 1
}

function addKey(keys: Set<string> | undefined, quoted: string): void {
  if (!keys) return
  const key: string = quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
  if (keys.has(key))
    throw new JsonError('bad_json', `The key ${JSON.stringify(key.slice(0, 100))} appears twice.`)
  keys.add(key)
}
