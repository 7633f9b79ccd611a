/** A key as etcd has it. Revisions and leases are 64-bit numbers that are only ever compared, so they stay text. */
export type KeyValue = {
  key: string
  value: string
  createRevision: string
  modRevision: string
  /** Of the lease that the key goes with; `0` when it stays. */
  lease: string
}

/** What must hold for a transaction to do anything. Revision `0` of `create` means that the key is absent. */
export type Compare =
  | { key: string; create: string }
  | { key: string; mod: string }
  | { key: string; value: string }
  | { key: string; lease: string }

export type Operation = { put: { key: string; value: string; lease?: string } } | { remove: string }

export type Transaction = { compares: readonly Compare[]; operations: readonly Operation[] }

/** No endpoint answered in time, or etcd refused. */
export class EtcdError extends Error {
  /** The gRPC status code, when etcd itself answered: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
  readonly code: number | undefined

  constructor(message: string, options: { code?: number | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'EtcdError'
    this.code = options.code
  }
}

/** More keys than anybody writes under one prefix; a bound on what one answer may hold. */
const keysMax = 1000

/**
 * A transaction without writes and without `serializable` is linearizable, and reads all prefixes at one revision. With it the member
 * that is asked answers by itself, also without a majority, with what it has.
 */
export function encodeRead(prefixes: readonly string[], { serializable = false } = {}): object {
  return {
    success: prefixes.map((prefix) => ({
      request_range: {
        key: bytes(prefix),
        range_end: endOf(prefix),
        limit: String(keysMax),
        ...(serializable && { serializable }),
      },
    })),
  }
}

export function encodeTransaction({ compares, operations }: Transaction): object {
  return { compare: compares.map(encodeCompare), success: operations.map(encodeOperation) }
}

/** The keys of an answer to `encodeRead`. */
export function decodeKeys(answer: Record<string, unknown>): KeyValue[] {
  return objects(answer['responses']).flatMap((response) => {
    const range = fieldsOf(response['response_range'])
    if (range['more'] === true) throw new EtcdError(`there are more than ${keysMax} keys`)
    return objects(range['kvs']).map((entry) => ({
      key: text(entry['key']),
      // Empty values and zeros are left out of the JSON.
      value: text(entry['value'] ?? ''),
      createRevision: String(entry['create_revision']),
      modRevision: String(entry['mod_revision']),
      lease: String(entry['lease'] ?? '0'),
    }))
  })
}

/** The fields of an answer; throws `EtcdError` with what etcd says when it refused. */
export function decodeAnswer(status: number, body: string): Record<string, unknown> {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    throw new EtcdError(`etcd answered status ${status} and no JSON`)
  }
  const fields = fieldsOf(answer)
  // A streaming call such as lease/keepalive reports its errors inside an answer of status 200.
  if (status === 200 && !('error' in fields)) return fields
  const { message = fields['error'], code } = fields
  throw new EtcdError(typeof message === 'string' ? message : `etcd answered status ${status}`, {
    code: typeof code === 'number' ? code : undefined,
  })
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function encodeCompare(compare: Compare): object {
  const key = bytes(compare.key)
  if ('create' in compare) return { key, target: 'CREATE', create_revision: compare.create }
  if ('mod' in compare) return { key, target: 'MOD', mod_revision: compare.mod }
  if ('lease' in compare) return { key, target: 'LEASE', lease: compare.lease }
  return { key, target: 'VALUE', value: bytes(compare.value) }
}

function encodeOperation(operation: Operation): object {
  if ('remove' in operation) return { request_delete_range: { key: bytes(operation.remove) } }
  const { key, value, lease } = operation.put
  return { request_put: { key: bytes(key), value: bytes(value), ...(lease !== undefined && { lease }) } }
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function bytes(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64')
}

function text(value: unknown): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : ''
}

/** The first key after all that begin with the prefix. Our prefixes end in an ASCII character, so its byte can go up by one. */
function endOf(prefix: string): string {
  const end = Buffer.from(prefix, 'utf8')
  end[end.length - 1] = (end.at(-1) ?? 0) + 1
  return end.toString('base64')
}
