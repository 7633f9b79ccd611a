import type { Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { CoreSettings } from '../config/core-settings.ts'
import type { Log } from '../log.ts'
import { createEtcd } from './etcd.ts'
import { createQuestions } from './questions.ts'
import { siteNamed, urlAt } from './sites-file.ts'
import { createWatcher, type Watcher } from './watcher.ts'
import { createWatcherMetrics } from './watcher-metrics.ts'

/** Longer than a round trip over a bad line (300 ms more each way), shorter than what others wait for this node's report. */
const etcdTimeoutMs = 1_500

/** Longer than a member with a leader takes for an answer on a good line. */
const etcdHedgeMs = 400

/** A packet lost on the way costs TCP a second at the beginning of a connection. */
const questionTimeoutMs = 2_000

/** The watcher of this node; undefined for a deployment of one site, which has nobody to watch. Nothing runs yet. */
export function watchSites(
  deps: { clock: Clock; log: Log; metrics: Registry },
  { site, node, sites: file, siteWatcher }: CoreSettings,
): Watcher | undefined {
  if (file === undefined || file.sites.length < 3) return undefined
  const own = siteNamed(file, site)
  const others = file.sites.filter((other) => other !== own)
  const endpoints = [own, ...others].map(({ address }) => urlAt(address, file.ports.etcdClient))
  return createWatcher(
    {
      clock: deps.clock,
      uptimeMs: () => performance.now(),
      log: deps.log,
      metrics: createWatcherMetrics(deps.metrics),
      etcd: createEtcd(deps, { endpoints, hedgeMs: etcdHedgeMs, timeoutMs: etcdTimeoutMs }),
      questions: createQuestions(deps, file, { timeoutMs: questionTimeoutMs }),
    },
    {
      cluster: file.cluster,
      self: { site, node },
      sites: file.sites.map(({ name }) => name),
      off: siteWatcher === 'off',
    },
  )
}
