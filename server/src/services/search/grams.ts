import { fold } from '../../platform/folded-text.ts'

const gramsMax = 2000
const wordsMax = 10
/** Scripts in which one character can be a word. */
const dense = /[\p{Script=Hangul}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

/** The words of a folded text: runs of letters, digits and marks. */
export function wordsOf(folded: string): string[] {
  return folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
}

/** The words that a question asks for, each once. */
export function wordsAsked(question: string): string[] {
  return [...new Set(wordsOf(fold(question)))].slice(0, wordsMax)
}

/** The hashes under which a text is found, in the index of this room. */
export function gramsOf(roomId: string, text: string): number[] {
  const grams = new Set<string>()
  for (const word of wordsOf(fold(text))) {
    for (const gram of gramsIn(word)) grams.add(gram)
    if (grams.size >= gramsMax) break
  }
  return hashAll(roomId, [...grams].slice(0, gramsMax))
}

/** The hashes that every text with these words is indexed under; none if the words are too short to look up. */
export function gramsAsked(roomId: string, words: readonly string[]): number[] {
  // A pair says more than its parts do.
  const grams = words.flatMap((word) => {
    const all = gramsIn(word)
    const pairs = all.filter((gram) => [...gram].length === 2)
    return pairs.length > 0 ? pairs : all
  })
  return hashAll(roomId, [...new Set(grams)])
}

function gramsIn(word: string): string[] {
  const characters = [...word]
  const grams: string[] = []
  for (const [index, character] of characters.entries()) {
    if (dense.test(character)) grams.push(character)
    const next = characters[index + 1]
    if (next !== undefined) grams.push(character + next)
  }
  return grams
}

function hashAll(roomId: string, grams: readonly string[]): number[] {
  const seed = hash(0x811c9dc5, roomId)
  return [...new Set(grams.map((gram) => hash(seed, gram)))]
}

/** FNV-1a over UTF-16 units, as a signed 32-bit integer: equal on every node, and two that collide cost a look at an event. */
function hash(seed: number, text: string): number {
  let value = seed
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  return value | 0
}
