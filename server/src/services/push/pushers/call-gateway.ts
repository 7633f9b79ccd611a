import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { LeasedPusher } from './pusher.ts'

/** Whether the far side took a notification, or says that there is no such device. Throws when it has to be tried again. */
export type Delivered = 'taken' | 'rejected'

const timeoutMs = 10_000
const answerBytesMax = 256 * 1024

/** https://spec.matrix.org/v1.19/push-gateway-api/#post_matrixpushv1notify */
export async function callGateway(
  { outgoing }: { outgoing: Pick<Outgoing, 'send'> },
  pusher: LeasedPusher,
  notification: JsonObject,
  signal: AbortSignal,
): Promise<Delivered> {
  const { status, body } = await outgoing.send({
    url: pusher.data.url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ notification }),
    timeoutMs,
    bodyBytesMax: answerBytesMax,
    plainHttp: 'named-networks',
    signal,
  })
  if (status < 200 || status > 299) throw new Error(`the push gateway answered ${status}`)
  return rejectedIn(body).includes(pusher.pushkey) ? 'rejected' : 'taken'
}

/** A gateway that took the request and says no more than that rejects nobody. */
function rejectedIn(body: Buffer): JsonValue[] {
  let answer: JsonValue
  try {
    answer = JSON.parse(body.toString('utf8'))
  } catch {
    return []
  }
  const rejected = isJsonObject(answer) ? answer['rejected'] : undefined
  return Array.isArray(rejected) ? rejected : []
}
