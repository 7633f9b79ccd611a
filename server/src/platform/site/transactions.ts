import type { Step } from './decide.ts'
import type { Compare, Transaction } from './etcd-json.ts'
import { leaderKeyOf, memberKeyOf, type PatroniKeys } from './patroni-keys.ts'
import { encodeChallenge, type WatchKeys, watchKey } from './watch-keys.ts'

export type Observed = { cluster: string; patroni: PatroniKeys; watch: WatchKeys }

/**
 * Removes the member key of the leader, once: a Patroni that lives and reaches etcd writes it again within its loop_wait.
 * The other members meanwhile see a leader without an address and stop receiving its WAL.
 */
export function challengeTransaction(
  observed: Observed,
  { leader, agreeing }: Step,
  leases: { challenge: string; backoff: string; repeated: string },
  by: string,
): Transaction {
  const { cluster, patroni, watch } = observed
  const member = memberKeyOf(cluster, leader)
  const key = (name: Parameters<typeof watchKey>[1]) => watchKey(cluster, name)
  const leaderRevision = patroni.leader?.createRevision ?? '0'
  return {
    compares: [
      ...unchanged(observed, { leader, agreeing }),
      { key: member, mod: patroni.members.get(leader)?.modRevision ?? '0' },
      { key: key('challenge'), create: '0' },
      { key: key('backoff'), create: '0' },
    ],
    operations: [
      { remove: member },
      {
        put: {
          key: key('challenge'),
          value: encodeChallenge({ leader, leaderRevision, by }),
          lease: leases.challenge,
        },
      },
      { put: { key: key('backoff'), value: by, lease: leases.backoff } },
      { put: { key: key('repeated'), value: String(watch.repeated + 1), lease: leases.repeated } },
    ],
  }
}

/** Removes the leader's key, if the leader has not answered the challenge up to this very moment. */
export function releaseTransaction(
  observed: Observed,
  { leader, agreeing }: Step,
  record: string,
): Transaction {
  const { cluster, watch } = observed
  return {
    compares: [
      ...unchanged(observed, { leader, agreeing }),
      { key: memberKeyOf(cluster, leader), create: '0' },
      { key: watchKey(cluster, 'challenge'), mod: watch.challenge?.key.modRevision ?? '0' },
    ],
    operations: [
      { remove: leaderKeyOf(cluster) },
      { remove: watchKey(cluster, 'challenge') },
      { put: { key: watchKey(cluster, 'released'), value: record } },
    ],
  }
}

/** The same leader under the same lease, nobody asked for anything else, and those who agreed still say the same. */
function unchanged({ cluster, patroni }: Observed, { leader, agreeing }: Step): Compare[] {
  const key = leaderKeyOf(cluster)
  const sync = patroni.sync?.key
  const config = patroni.config?.key
  if (!patroni.leader || !sync || !config) throw new Error('nothing was decided about such a cluster')
  return [
    { key, create: patroni.leader.createRevision },
    { key, mod: patroni.leader.modRevision },
    { key, value: leader },
    { key, lease: patroni.leader.lease },
    { key: sync.key, mod: sync.modRevision },
    { key: config.key, mod: config.modRevision },
    patroni.failover
      ? { key: patroni.failover.key.key, mod: patroni.failover.key.modRevision }
      : { key: `/service/${cluster}/failover`, create: '0' },
    { key: watchKey(cluster, 'stop'), create: '0' },
    ...agreeing.map((report): Compare => ({ key: report.key.key, value: report.key.value })),
  ]
}
