import { readConfiguration } from '../configuration.ts'
import { environment } from '../platform/config/environment.ts'
import { createLog } from '../platform/log.ts'
import { typedUserId } from '../services/identity/names.ts'
import { setAdministrator } from '../services/identity/operations/accounts.ts'
import { withDatabase } from './database.ts'

const usage = 'usage: account make-administrator <user id>\n       account unmake-administrator <user id>\n'

/** `account make-administrator` and its opposite: who may administer this server is decided on its own machine. */
export async function accountCommand([verb, typed, ...more]: readonly string[]): Promise<number> {
  const isKnown = verb === 'make-administrator' || verb === 'unmake-administrator'
  if (!isKnown || typed === undefined || more.length > 0) {
    process.stderr.write(usage)
    return 2
  }
  const configuration = readConfiguration(environment)
  const userId = typedUserId(typed, configuration.core.serverName)
  const changed =
    userId !== undefined &&
    (await withDatabase(configuration, createLog('warn'), (db) =>
      setAdministrator(db, userId, verb === 'make-administrator'),
    ))
  if (!changed) {
    process.stderr.write(`there is no account ${userId ?? typed} on this server\n`)
    return 1
  }
  process.stdout.write(
    `${userId} ${verb === 'make-administrator' ? 'is now' : 'is no longer'} an administrator\n`,
  )
  return 0
}
