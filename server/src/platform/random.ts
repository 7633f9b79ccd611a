import { randomBytes, randomInt } from 'node:crypto'

/** The only source of randomness, so that tests can replay a seed. The default is the system's secure generator. */
export type Random = {
  bytes(count: number): Buffer
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number
  /** `length` characters from `alphabet`, by default letters and digits: 5.95 bits each. */
  text(length: number, alphabet?: string): string
}

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export function createRandom(source: Pick<Random, 'bytes' | 'below'>): Random {
  return {
    bytes: source.bytes,
    below: source.below,
    text(length, alphabet = lettersAndDigits) {
      let text = ''
      for (let i = 0; i < length; i++) text += alphabet.charAt(source.below(alphabet.length))
      return text
    },
  }
}

export const systemRandom: Random = createRandom({ bytes: randomBytes, below: (bound) => randomInt(bound) })
