import { Counter, Gauge, type Registry } from 'prom-client'

export type DatabaseMetrics = {
  failedOver(): void
  refused(): void
  readFromStandby(): void
  unconfirmed(): void
}

/** `now` is asked when the metrics are read. */
export function createDatabaseMetrics(
  registry: Registry,
  now: () => { primary: string | undefined; waiting: number },
): DatabaseMetrics {
  const registers = [registry]
  const primary = new Gauge({
    name: 'dure_database_primary',
    help: '1 for the host that this node writes to.',
    labelNames: ['host'],
    registers,
    collect() {
      this.reset()
      const host = now().primary
      if (host !== undefined) this.labels(host).set(1)
    },
  })
  primary.reset()
  new Gauge({
    name: 'dure_database_waiting',
    help: 'Requests that wait for a connection.',
    registers,
    collect() {
      this.set(now().waiting)
    },
  })
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  const failovers = counter('dure_database_failovers_total', 'How often this node moved to another host.')
  const refused = counter(
    'dure_database_refused_total',
    'Requests answered 503 at once because too many waited.',
  )
  const standby = counter('dure_database_standby_reads_total', 'Reads answered by a standby.')
  const unconfirmed = counter(
    'dure_database_unconfirmed_commits_total',
    'Commits whose wait for another site was cancelled, answered 503.',
  )
  return {
    failedOver: () => failovers.inc(),
    refused: () => refused.inc(),
    readFromStandby: () => standby.inc(),
    unconfirmed: () => unconfirmed.inc(),
  }
}
