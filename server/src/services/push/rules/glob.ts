/**
 * Globs (https://spec.matrix.org/v1.19/appendices/#glob-style-matching) as the push rules use them.
 *
 * Patterns and texts come from strangers, so no regular expression is built from them. A pattern
 * becomes an automaton whose states are the bits of a few words, and a text costs one step per
 * character whatever it and the pattern look like: length of the text times a 32nd of the length
 * of the pattern, never more.
 */

export type TextMatcher = (foldedText: string) => boolean

/** Case is folded once per text, not once per pattern: both sides go through this before they meet. */
export function fold(text: string): string {
  return text.toLowerCase()
}

/** Matches a folded text as a whole. */
export function matchWhole(pattern: string): TextMatcher {
  const folded = fold(pattern)
  if (!/[*?]/.test(folded)) return (text) => text === folded
  const glob = compile(parse(folded))
  return (text) => glob.mayOccurIn(text) && runWhole(glob, text)
}

/**
 * Matches a folded text of which some part that starts and ends at a word boundary matches, as
 * `content.body` is matched (https://spec.matrix.org/v1.19/client-server-api/#conditions-1).
 */
export function matchWords(pattern: string): TextMatcher {
  const glob = compile(parse(fold(pattern)))
  return (text) => glob.mayOccurIn(text) && runWords(glob, text)
}

/** Whether a folded text contains a phrase, of which no character is special, between word boundaries. */
export function containsPhrase(text: string, phrase: string): boolean {
  const folded = fold(phrase)
  return text.includes(folded) && runWords(compile(literal(folded)), text)
}

/** State n is "the first n steps have matched"; `loops` are the states at which a `*` lets any text pass. */
type Parsed = { readonly steps: readonly Step[]; readonly loops: ReadonlySet<number> }
type Step = number | typeof ANY
const ANY = 'any'

type Glob = {
  readonly stateCount: number
  readonly loops: Int32Array
  /** For each character that the pattern names: the states which it, or a `?`, moves on. */
  readonly moves: ReadonlyMap<number, Int32Array>
  readonly movesOfAny: Int32Array
  mayOccurIn(text: string): boolean
}

function parse(pattern: string): Parsed {
  const steps: Step[] = []
  const loops = new Set<number>()
  for (const character of pattern) {
    if (character === '*') loops.add(steps.length)
    else steps.push(character === '?' ? ANY : codePoint(character))
  }
  return { steps, loops }
}

function literal(phrase: string): Parsed {
  return { steps: Array.from(phrase, codePoint), loops: new Set() }
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0
}

function compile({ steps, loops }: Parsed): Glob {
  const stateCount = steps.length + 1
  const movesOfAny = bits(stateCount, (state) => steps[state] === ANY)
  const named = new Set(steps.filter((step) => step !== ANY))
  const moves = new Map(
    Array.from(named, (character) => [
      character,
      bits(stateCount, (state) => steps[state] === character || steps[state] === ANY),
    ]),
  )
  const run = longestRun(steps, loops)
  return {
    stateCount,
    loops: bits(stateCount, (state) => loops.has(state)),
    moves,
    movesOfAny,
    mayOccurIn: (text) => text.includes(run),
  }
}

function bits(count: number, isSet: (index: number) => boolean): Int32Array {
  const words = new Int32Array(Math.ceil(count / 32))
  for (let index = 0; index < count; index++) {
    if (isSet(index)) words[index >> 5] = (words[index >> 5] ?? 0) | (1 << (index & 31))
  }
  return words
}

/** The longest text that every match contains: nearly every text is turned away by looking for it. */
function longestRun(steps: readonly Step[], loops: ReadonlySet<number>): string {
  let longest = ''
  let run = ''
  steps.forEach((step, state) => {
    if (step === ANY) run = ''
    else run = (loops.has(state) ? '' : run) + String.fromCodePoint(step)
    if (run.length > longest.length) longest = run
  })
  return longest
}

function runWhole(glob: Glob, text: string): boolean {
  const states = new Int32Array(glob.loops.length)
  states[0] = 1
  for (let at = 0; at < text.length; ) {
    const character = text.codePointAt(at) ?? 0
    advance(glob, states, character)
    at += character > 0xffff ? 2 : 1
  }
  return isFinal(glob, states)
}

function runWords(glob: Glob, text: string): boolean {
  const states = new Int32Array(glob.loops.length)
  let insideWord = false
  for (let at = 0; at < text.length; ) {
    const character = text.codePointAt(at) ?? 0
    const isWord = isWordCharacter(character)
    if (!(insideWord && isWord)) {
      states[0] = (states[0] ?? 0) | 1
      if (isFinal(glob, states)) return true
    }
    advance(glob, states, character)
    insideWord = isWord
    at += character > 0xffff ? 2 : 1
  }
  states[0] = (states[0] ?? 0) | 1
  return isFinal(glob, states)
}

/** Every state at once: those the character moves on shift by one, those with a `*` also stay. */
function advance(glob: Glob, states: Int32Array, character: number): void {
  const moves = glob.moves.get(character) ?? glob.movesOfAny
  let carry = 0
  for (let word = 0; word < states.length; word++) {
    const current = states[word] ?? 0
    const moved = current & (moves[word] ?? 0)
    states[word] = (moved << 1) | carry | (current & (glob.loops[word] ?? 0))
    carry = moved >>> 31
  }
}

function isFinal(glob: Glob, states: Int32Array): boolean {
  const last = glob.stateCount - 1
  return (((states[last >> 5] ?? 0) >>> (last & 31)) & 1) === 1
}

function isWordCharacter(character: number): boolean {
  return (
    (character >= 0x61 && character <= 0x7a) ||
    (character >= 0x30 && character <= 0x39) ||
    (character >= 0x41 && character <= 0x5a) ||
    character === 0x5f
  )
}
