import type { Clock } from '../../../../src/platform/clock.ts'
import type { Random } from '../../../../src/platform/random.ts'
import { login, ok, type Person } from '../../../../test/support/person.ts'
import type { HonestClient } from '../../honest-client.ts'
import type { Device } from './device.ts'

type Deps = { clock: Clock; random: Random }

/** A person's second device: logs in, follows for a while, logs out. Returns the session that has ended. */
export async function visit(
  { clock, random }: Deps,
  client: HonestClient,
  name: string,
  start: (client: HonestClient, person: Person) => Promise<Device>,
  leaving: AbortSignal,
): Promise<Device> {
  // Each attempt makes a device of its own, so that a late first attempt cannot end the session of the second one.
  const once: HonestClient = {
    ...client,
    send: (method, path, options) => client.send(method, path, { ...options, hedge: false }),
  }
  await client.look()
  const device = await start(client, await login(once, name))
  await clock.sleep(10_000 + random.below(30_000), leaving).catch(() => undefined)
  await device.end()
  const answer = await client.send('POST', '/_matrix/client/v3/logout', {
    token: device.person.token,
    body: {},
  })
  // An attempt whose answer was lost has ended the session already.
  if (answer.status !== 401) ok(answer)
  return device
}
