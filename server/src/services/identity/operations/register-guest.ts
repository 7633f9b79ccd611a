import { sql } from '../../../platform/db/sql.ts'
import { userIdOf } from '../names.ts'
import { refuse } from '../refusals.ts'
import { openSession } from './open-session.ts'
import type { RegisterDeps, Registered } from './register.ts'

const generatedAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Makes a guest account. Everything the client sent but the device's name is ignored.
 * https://spec.matrix.org/v1.19/client-server-api/#guest-access
 */
export async function registerGuest(
  deps: RegisterDeps,
  displayName: string | undefined,
): Promise<Registered> {
  const { registration, guests } = deps.settings
  if (registration !== 'open' || !guests) throw refuse('identity.guests_refused')
  const userId = userIdOf(`guest-${deps.random.text(16, generatedAlphabet)}`, deps.serverName)
  const session = await deps.db.transaction(async (tx) => {
    await tx.run(sql`
      insert into identity.account (user_id, kind, created_at_ms) values (${userId}, 'guest', ${deps.clock.now()})`)
    return openSession(deps, tx, userId, { deviceId: undefined, displayName, refreshable: false })
  })
  return { userId, session }
}
