import type { Clock } from '../clock.ts'
import { createEndpoints, type Try } from './endpoints.ts'
import {
  decodeAnswer,
  decodeKeys,
  EtcdError,
  encodeRead,
  encodeTransaction,
  fieldsOf,
  type KeyValue,
  type Transaction,
} from './etcd-json.ts'

export type Etcd = {
  /**
   * Every key that begins with one of the prefixes, all at one revision. Linearizable: the member that answers has asked
   * a majority first, so who is cut off from the majority gets an error and never something old.
   */
  read(prefixes: readonly string[]): Promise<readonly KeyValue[]>
  /**
   * Carries out all operations in one step if every compare holds, and tells whether it did. An error leaves open whether
   * it was carried out: it is not repeated, the caller reads again.
   */
  transact(transaction: Transaction): Promise<boolean>
  /** A lease that ends `ttlSeconds` after it was last kept, and with it the keys that were put under it. */
  grantLease(ttlSeconds: number): Promise<string>
  /** False when the lease had ended. */
  keepLease(lease: string): Promise<boolean>
  /** Ends a lease and removes its keys; false when it had ended. */
  revokeLease(lease: string): Promise<boolean>
  /** The endpoint that is asked first just now. */
  endpoint(): string
  close(): void
}

const notFound = 5

export type EtcdOptions = {
  /** The own site's first. */
  endpoints: readonly string[]
  hedgeMs: number
  timeoutMs: number
}

/**
 * Speaks to etcd 3.4 and later through its JSON gateway: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
 *
 * Reads find an endpoint that answers (see `endpoints.ts`); everything else is asked of that one, once.
 */
export function createEtcd(
  { clock }: { clock: Pick<Clock, 'after' | 'now'> },
  { endpoints: urls, hedgeMs, timeoutMs }: EtcdOptions,
): Etcd {
  const endpoints = createEndpoints(clock, { count: urls.length, hedgeMs, timeoutMs })

  function asking(method: string, body: object): Try<Record<string, unknown>> {
    return async (endpoint, signal) => {
      try {
        const init = { method: 'POST', body: JSON.stringify(body), signal }
        const response = await fetch(`${urls[endpoint]}/v3/${method}`, init)
        return decodeAnswer(response.status, await response.text())
      } catch (cause) {
        if (cause instanceof EtcdError) throw cause
        throw new EtcdError(`${urls[endpoint]} does not answer`, { cause })
      }
    }
  }

  return {
    async read(prefixes) {
      return decodeKeys(await endpoints.read(asking('kv/txn', encodeRead(prefixes))))
    },
    async transact(transaction) {
      return (await endpoints.write(asking('kv/txn', encodeTransaction(transaction))))['succeeded'] === true
    },
    async grantLease(ttlSeconds) {
      const { ID } = await endpoints.write(asking('lease/grant', { TTL: String(ttlSeconds) }))
      if (typeof ID !== 'string') throw new EtcdError('etcd granted no lease')
      return ID
    },
    async keepLease(lease) {
      // A lease that has ended is answered too, but without a time to live.
      const { result } = await endpoints.write(asking('lease/keepalive', { ID: lease }))
      return 'TTL' in fieldsOf(result)
    },
    async revokeLease(lease) {
      try {
        await endpoints.write(asking('lease/revoke', { ID: lease }))
        return true
      } catch (error) {
        if (error instanceof EtcdError && error.code === notFound) return false
        throw error
      }
    },
    endpoint: () => urls[endpoints.current()] ?? '',
    close: () => endpoints.close(),
  }
}
