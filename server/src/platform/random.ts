import { randomBytes, randomInt } from 'node:crypto'

/** The only source of randomness, so that tests can replay a seed. The default is the system's secure generator. */
export type Random = {
  bytes(count: number): Buffer
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number
  /** `length` characters from `alphabet` of at most 256, by default letters and digits: 5.95 bits each. */
  text(length: number, alphabet?: string): string
}

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** More than are needed, since some are thrown away: so one call of the generator is nearly always enough. */
const spareBytes = 8

export function createRandom(source: Pick<Random, 'bytes' | 'below'>): Random {
  return {
    bytes: source.bytes,
    below: source.below,
    text(length, alphabet = lettersAndDigits) {
      // A byte beyond the last whole multiple of the alphabet would favour its first characters.
      const fair = 256 - (256 % alphabet.length)
      let text = ''
      while (text.length < length)
        for (const byte of source.bytes(length - text.length + spareBytes))
          if (byte < fair && text.length < length) text += alphabet.charAt(byte % alphabet.length)
      return text
    },
  }
}

export const systemRandom: Random = createRandom({ bytes: pooledBytes(), below: (bound) => randomInt(bound) })

const poolBytes = 4096

/** Asks the system for many bytes at a time; each is given out once. */
function pooledBytes(): (count: number) => Buffer {
  let pool: Buffer = Buffer.alloc(0)
  return (count) => {
    if (count > poolBytes / 4) return randomBytes(count)
    if (pool.length < count) pool = randomBytes(poolBytes)
    const bytes = Buffer.from(pool.subarray(0, count))
    pool.fill(0, 0, count)
    pool = pool.subarray(count)
    return bytes
  }
}
