import { fold } from '../../platform/folded-text.ts'

const gramsMax = 4000
const wordsMax = 10
/** Triples of a question that the index is asked for; the rest of it only judges what the index gives. */
const lookedUpMax = 6
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
  const seed = seedOf(roomId)
  const grams = new Set<number>()
  for (const word of wordsOf(fold(text))) {
    addGrams(grams, seed, [...word])
    if (grams.size >= gramsMax) break
  }
  return [...grams].slice(0, gramsMax)
}

/** Hashes that every text with these words is indexed under, in the index of each room; none if the words are too short to look up. */
export function gramsAsked(roomIds: readonly string[], words: readonly string[]): number[][] {
  const grams = [...new Set(words.flatMap(coverOf))].slice(0, lookedUpMax)
  return roomIds.map((roomId) => {
    const seed = seedOf(roomId)
    return [...new Set(grams.map((gram) => hash(seed, gram)))]
  })
}

/** Triples that a word is made of, each character in one of them; of a word without triples, its pair or its one character. */
function coverOf(word: string): string[] {
  const characters = [...word]
  if (characters.length === 1) return dense.test(word) ? [word] : []
  if (characters.length === 2) return [word]
  const starts = new Set<number>()
  for (let at = 0; at < characters.length; at += 3) starts.add(Math.min(at, characters.length - 3))
  return [...starts].map((at) => characters.slice(at, at + 3).join(''))
}

/** The hash of a pair goes on from that of its first character, and that of a triple from its pair's. */
function addGrams(grams: Set<number>, seed: number, characters: readonly string[]): void {
  for (const [index, character] of characters.entries()) {
    const one = hash(seed, character)
    if (dense.test(character)) grams.add(one)
    const [second, third] = [characters[index + 1], characters[index + 2]]
    if (second === undefined) continue
    const two = hash(one, second)
    grams.add(two)
    if (third !== undefined) grams.add(hash(two, third))
  }
}

function seedOf(roomId: string): number {
  return hash(0x811c9dc5, roomId)
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
