import { type Compare, EtcdError, type KeyValue, type Operation, type Transaction } from '../etcd-json.ts'

/** Keys, revisions and leases as etcd has them. */
export type VirtualStore = {
  read(prefixes: readonly string[]): KeyValue[]
  transact(transaction: Transaction): boolean
  grant(ttlSeconds: number): string
  keep(lease: string): boolean
  revoke(lease: string): boolean
  endLeases(): void
  /** What a new leader does, which cannot know when a lease was last kept. */
  prolongLeases(fromMs: number): void
}

export function createVirtualStore(now: () => number): VirtualStore {
  const keys = new Map<string, KeyValue>()
  const leases = new Map<string, { ttlMs: number; endsAtMs: number }>()
  let revision = 1
  let leaseNumber = 100

  function holds(compare: Compare): boolean {
    const entry = keys.get(compare.key)
    if ('create' in compare) return (entry?.createRevision ?? '0') === compare.create
    if ('mod' in compare) return (entry?.modRevision ?? '0') === compare.mod
    if ('lease' in compare) return entry?.lease === compare.lease
    return entry?.value === compare.value
  }

  function carryOut(operation: Operation): void {
    if ('remove' in operation) {
      keys.delete(operation.remove)
      return
    }
    const { key, value, lease = '0' } = operation.put
    if (lease !== '0' && !leases.has(lease)) throw new EtcdError('requested lease not found', { code: 5 })
    const createRevision = keys.get(key)?.createRevision ?? String(revision)
    keys.set(key, { key, value, lease, createRevision, modRevision: String(revision) })
  }

  function revoke(id: string): boolean {
    if (!leases.delete(id)) return false
    revision++
    for (const [key, entry] of keys) if (entry.lease === id) keys.delete(key)
    return true
  }

  return {
    read: (prefixes) =>
      prefixes.flatMap((prefix) => [...keys.values()].filter(({ key }) => key.startsWith(prefix))),
    transact({ compares, operations }) {
      if (!compares.every(holds)) return false
      revision++
      operations.forEach(carryOut)
      return true
    },
    grant(ttlSeconds) {
      const id = String(leaseNumber++)
      leases.set(id, { ttlMs: ttlSeconds * 1000, endsAtMs: now() + ttlSeconds * 1000 })
      return id
    },
    keep(id) {
      const lease = leases.get(id)
      if (lease) lease.endsAtMs = now() + lease.ttlMs
      return lease !== undefined
    },
    revoke,
    endLeases() {
      for (const [id, lease] of leases) if (lease.endsAtMs <= now()) revoke(id)
    },
    prolongLeases(fromMs) {
      for (const lease of leases.values()) lease.endsAtMs = fromMs + lease.ttlMs
    },
  }
}
