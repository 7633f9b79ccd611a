import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { type Clock, systemClock } from '../clock.ts'
import { atEnd } from '../testing/cleanup.ts'
import type { OutgoingSettings } from './config.ts'
import { createOutgoing, type Outgoing } from './outgoing.ts'

/** A way out to this machine's 127.0.0.1, where tests put their outside world; 127.0.0.2 stays out of bounds. */
export function testOutgoing(
  t: TestContext,
  given: Partial<OutgoingSettings> & { clock?: Clock } = {},
): Outgoing {
  const { clock = systemClock, privateNetworks = ['127.0.0.1'], nameServers = [] } = given
  const outgoing = createOutgoing(
    { metrics: new Registry(), clock },
    { privateNetworks, nameServers },
    'Dure (dure.test)',
  )
  atEnd(t, () => outgoing.close())
  return outgoing
}
