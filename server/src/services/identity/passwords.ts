import { argon2, timingSafeEqual } from 'node:crypto'
import { refuseHttp } from '../../platform/http/refusals.ts'
import type { Random } from '../../platform/random.ts'
import { refuse } from './refusals.ts'

/** argon2id as PHC strings, off the main thread. https://www.rfc-editor.org/rfc/rfc9106 */
export type Passwords = {
  /** Refuses passwords that are too short or absurdly long. */
  check(password: string): void
  hash(password: string): Promise<string>
  /** True when the password is the one hashed. Takes as long when there is no hash to compare with. */
  matches(password: string, hash: string | null | undefined): Promise<boolean>
  /** True when the hash was made with other costs than those now configured. */
  isStale(hash: string): boolean
}

export type PasswordOptions = { lengthMin: number; memoryKiB: number; passes: number; lanes: number }
type Cost = { memory: number; passes: number; parallelism: number }

const lengthMax = 1024
const tagLength = 32
const saltLength = 16
/** Hashes at once: two of libuv's four threads, so that files and names are still read meanwhile. */
const concurrency = 2
const waitingMax = 256

export function createPasswords(deps: { random: Random }, options: PasswordOptions): Passwords {
  const cost: Cost = {
    memory: options.memoryKiB,
    passes: options.passes,
    parallelism: options.lanes,
  }
  const inTurn = createGate()
  const compute = (password: string, salt: Buffer, costOf: Cost) =>
    inTurn(() => argon2id(password, salt, costOf))

  return {
    check(password) {
      if (password.length > lengthMax) throw refuse('identity.password_too_long')
      if ([...password].length < options.lengthMin) {
        throw refuse('identity.password_weak', `A password has at least ${options.lengthMin} characters.`)
      }
    },
    async hash(password) {
      const salt = deps.random.bytes(saltLength)
      return format(cost, salt, await compute(password, salt, cost))
    },
    async matches(password, hash) {
      const known = hash ? parse(hash) : undefined
      if (password.length > lengthMax) return false
      const salt = known?.salt ?? Buffer.alloc(saltLength)
      const tag = await compute(password, salt, known?.cost ?? cost)
      return known !== undefined && timingSafeEqual(tag, known.tag)
    },
    isStale: (hash) => !hash.startsWith(header(cost)),
  }
}

function argon2id(password: string, nonce: Buffer, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password, nonce, tagLength, ...cost }, (error, tag) =>
      error ? reject(error) : resolve(tag),
    )
  })
}

function header({ memory, passes, parallelism }: Cost): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$`
}

/** https://github.com/P-H-C/phc-string-format */
function format(cost: Cost, salt: Buffer, tag: Buffer): string {
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `${header(cost)}${unpadded(salt)}$${unpadded(tag)}`
}

function parse(hash: string): { cost: Cost; salt: Buffer; tag: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash)
  if (!match) throw new Error('a stored password hash has an unknown form')
  const [memory = 0, passes = 0, parallelism = 0] = match.slice(1, 4).map(Number)
  const [salt, tag] = match.slice(4).map((text) => Buffer.from(text, 'base64'))
  if (!salt || tag?.length !== tagLength) throw new Error('a stored password hash is cut short')
  return { cost: { memory, passes, parallelism }, salt, tag }
}

/** Lets `concurrency` tasks run and the rest wait; refuses when too many wait. */
function createGate(): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (task) => {
    if (waiting.length >= waitingMax) {
      throw refuseHttp('http.limit_exceeded', { extra: { retry_after_ms: 1000 }, retryAfterSeconds: 1 })
    }
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
