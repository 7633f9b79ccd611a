import type { TestContext } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { bodyOf, httpPeer } from '../../../platform/testing/http-peer.ts'
import type { Pusher } from './pusher.ts'

export type GatewayPeer = {
  /** To be a pusher's `data.url`. */
  url: string
  /** The next notification that arrives, or has arrived and not been taken. */
  next(): Promise<JsonObject>
  /** Notifications that nobody has taken. */
  untaken: JsonObject[]
  /** What the gateway answers from now on: rejected pushkeys, or a failure; `undefined` is no answer at all. */
  answer: { status: number; body?: string } | undefined
}

/** A push gateway of the outside world. */
export async function gatewayPeer(t: TestContext): Promise<GatewayPeer> {
  const untaken: JsonObject[] = []
  const waiting: ((notification: JsonObject) => void)[] = []
  const peer = await httpPeer(t, async (request, response) => {
    const { notification } = JSON.parse((await bodyOf(request)).toString())
    const { answer } = gateway
    // The answer leaves before the test can change it.
    if (answer) response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    const taker = waiting.shift()
    if (taker) taker(notification)
    else untaken.push(notification)
  })
  const gateway: GatewayPeer = {
    url: `${peer.url}/_matrix/push/v1/notify`,
    untaken,
    answer: { status: 200, body: '{"rejected":[]}' },
    next() {
      const notification = untaken.shift()
      return notification ? Promise.resolve(notification) : new Promise((resolve) => waiting.push(resolve))
    },
  }
  return gateway
}

/** A pusher of a phone that listens at a gateway. */
export function phone(url: string, given: Partial<Pusher> & { format?: string } = {}): Pusher {
  const { format, ...rest } = given
  return {
    appId: 'org.dure.phone',
    pushkey: 'key',
    kind: 'http',
    appDisplayName: 'Dure',
    deviceDisplayName: 'Phone',
    profileTag: null,
    lang: 'ko',
    data: { url, ...(format !== undefined && { format }) },
    ...rest,
  }
}
