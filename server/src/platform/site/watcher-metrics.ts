import { Counter, Gauge, type Registry } from 'prom-client'
import type { Reason } from './decide.ts'
import type { View } from './reach.ts'

export type WatcherMetrics = {
  reach(site: string, view: View): void
  leader(sites: readonly string[], leader: string | undefined): void
  /** `done` is false when a compare failed: somebody else was first, or something had changed. */
  acted(step: 'challenge' | 'release', done: boolean): void
  refused(reason: Reason): void
  etcdFailed(): void
}

/** The registry's own label `site` says who looks; `peer` says at whom. */
export function createWatcherMetrics(registry: Registry): WatcherMetrics {
  const registers = [registry]
  const reachable = new Gauge({
    name: 'dure_site_reachable',
    help: '1 while the other site answers in some way, 0 when this node holds it for unreachable.',
    labelNames: ['peer'],
    registers,
  })
  const silent = new Gauge({
    name: 'dure_site_silent_seconds',
    help: 'Time since the other site last answered in any way.',
    labelNames: ['peer'],
    registers,
  })
  const leads = new Gauge({
    name: 'dure_site_leader',
    help: '1 for the site whose PostgreSQL leads, as etcd says.',
    labelNames: ['peer'],
    registers,
  })
  const actions = new Counter({
    name: 'dure_site_actions_total',
    help: 'Steps taken against an unreachable leader: challenge, then release. outcome: done, or late when a compare failed.',
    labelNames: ['step', 'outcome'],
    registers,
  })
  const refusals = new Counter({
    name: 'dure_site_refusals_total',
    help: 'Looks at an unreachable leader that led to nothing, by what kept the watcher from acting.',
    labelNames: ['reason'],
    registers,
  })
  const etcdFailures = new Counter({
    name: 'dure_site_etcd_failures_total',
    help: 'Looks that could not be finished because etcd did not answer or could not be understood.',
    registers,
  })
  return {
    reach(site, { unreachable, silentMs }) {
      reachable.labels(site).set(unreachable ? 0 : 1)
      silent.labels(site).set(silentMs / 1000)
    },
    leader(sites, leader) {
      for (const site of sites) leads.labels(site).set(site === leader ? 1 : 0)
    },
    acted: (step, done) => actions.labels(step, done ? 'done' : 'late').inc(),
    refused: (reason) => refusals.labels(reason).inc(),
    etcdFailed: () => etcdFailures.inc(),
  }
}
