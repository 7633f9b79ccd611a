import type { Log } from '../log.ts'
import type { Step, Verdict } from './decide.ts'
import type { Etcd } from './etcd.ts'
import { challengeTransaction, type Observed, releaseTransaction } from './transactions.ts'
import type { WatcherMetrics } from './watcher-metrics.ts'

export type Steps = {
  /** Does what was decided, at most once: everything that was observed is compared in the transaction. */
  take(verdict: Verdict, observed: Observed): Promise<void>
}

/** A challenge that was not followed by a release within this time lapses. */
const challengeSeconds = 10

/** After an action nobody acts again for this long; each time that it is followed by another at once, twice as long. */
const backoffSeconds = 15
const backoffSecondsMax = 600

/** An action this soon after the last back-off ended was of no use, and counts as repeated. */
const repeatedSeconds = 5

export function createSteps(
  { etcd, log, metrics }: { etcd: Etcd; log: Log; metrics: WatcherMetrics },
  { cluster, by }: { cluster: string; by: { site: string; node: string } },
): Steps {
  const name = `${by.site}/${by.node}`

  async function challenge(observed: Observed, about: Step): Promise<void> {
    const backoff = Math.min(backoffSeconds * 2 ** observed.watch.repeated, backoffSecondsMax)
    const ttls = [challengeSeconds, backoff, backoff + repeatedSeconds] as const
    const [challenged, pause, repeated] = await Promise.all([
      etcd.grantLease(ttls[0]),
      etcd.grantLease(ttls[1]),
      etcd.grantLease(ttls[2]),
    ])
    const leases = { challenge: challenged, backoff: pause, repeated }
    const done = await etcd.transact(challengeTransaction(observed, about, leases, name))
    metrics.acted('challenge', done)
    const details = { leader: about.leader, backoffSeconds: backoff }
    if (done) return log.warn(details, 'sites: the leader is unreachable and was asked to show that it lives')
    log.info(details, 'sites: somebody else was first, or something changed: the leader was not challenged')
    await Promise.all([challenged, pause, repeated].map((lease) => etcd.revokeLease(lease)))
  }

  async function release(observed: Observed, about: Step): Promise<void> {
    const { createRevision = '', lease = '0' } = observed.patroni.leader ?? {}
    const record = JSON.stringify({ cluster, leader: about.leader, revision: createRevision, by: name })
    const done = await etcd.transact(releaseTransaction(observed, about, record))
    metrics.acted('release', done)
    const details = { leader: about.leader, revision: createRevision }
    if (!done)
      return log.info(details, 'sites: the leader answered, or somebody else was first: not released')
    log.warn(details, 'sites: the leader did not answer; its key was removed, Patroni chooses another')
    // The leader's key is gone. Without its lease the old leader learns of it with its next heartbeat, even if it looks at
    // an etcd member that lags behind; should this node die here, the lease ends by itself.
    if (lease !== '0') await etcd.revokeLease(lease)
  }

  return {
    async take(verdict, observed) {
      if (verdict.step === 'challenge') await challenge(observed, verdict.about)
      if (verdict.step === 'release') await release(observed, verdict.about)
    },
  }
}
