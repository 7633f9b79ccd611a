import { parseArgs } from 'node:util'
import { readConfiguration } from '../configuration.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import { duration } from '../platform/config/settings.ts'
import { createLog } from '../platform/log.ts'
import { systemRandom } from '../platform/random.ts'
import {
  createRegistrationToken,
  type RegistrationToken,
} from '../services/identity/operations/registration-tokens.ts'
import { withDatabase } from './database.ts'

const usage =
  'usage: registration-token create [--token <text>] [--uses <count>] [--valid-for <time span, such as 7 d>]\n'

/** `registration-token create`: makes a token that lets people register, and prints it. */
export async function registrationTokenCommand([verb, ...words]: readonly string[]): Promise<number> {
  let wanted: Partial<RegistrationToken>
  try {
    if (verb !== 'create') throw new Error('there is only "create"')
    wanted = readWanted(words)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}`)
    return 2
  }
  const configuration = readConfiguration(environment)
  const log = createLog('warn')
  try {
    const made = await withDatabase(configuration, log, (db) =>
      createRegistrationToken({ db, clock: systemClock, random: systemRandom }, wanted),
    )
    process.stdout.write(`${made.token}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

function readWanted(words: readonly string[]): Partial<RegistrationToken> {
  const { values } = parseArgs({
    args: [...words],
    options: { token: { type: 'string' }, uses: { type: 'string' }, 'valid-for': { type: 'string' } },
  })
  const { token, uses, 'valid-for': validFor } = values
  if (uses !== undefined && !/^[1-9]\d{0,8}$/.test(uses))
    throw new Error('--uses must be a whole number from 1')
  return {
    ...(token === undefined ? {} : { token }),
    ...(uses === undefined ? {} : { usesAllowed: Number(uses) }),
    ...(validFor === undefined ? {} : { expiresAtMs: systemClock.now() + duration('', 0).read(validFor) }),
  }
}
