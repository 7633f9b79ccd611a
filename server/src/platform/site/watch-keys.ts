import { fieldsOf, type KeyValue } from './etcd-json.ts'

/** What the watchers of all sites keep in etcd, under `/dure/<cluster>/site/`. */
export type WatchKeys = {
  /** Put by an operator: as long as it exists no watcher acts. */
  stop: KeyValue | undefined
  /** The leader was asked to show that it lives; goes with a lease. */
  challenge: { key: KeyValue; leader: string; leaderRevision: string } | undefined
  /** Exists while nobody may act again; goes with a lease, so that etcd's clock decides. */
  backoff: KeyValue | undefined
  /** How many actions followed on each other's heels; goes with a lease that outlives `backoff` a little. */
  repeated: number
  reports: readonly ReportKey[]
  /** The last time a leader was released, for people to read. */
  lastRelease: string | undefined
}

/** What one node sees of the other sites. Written only while some node misses a site, under a short lease. */
export type Report = {
  site: string
  node: string
  reachable: readonly string[]
  unreachable: readonly string[]
}

export type ReportKey = Report & { key: KeyValue }

export function watchPrefix(cluster: string): string {
  return `/dure/${cluster}/site/`
}

export function watchKey(
  cluster: string,
  name: 'stop' | 'challenge' | 'backoff' | 'repeated' | 'released' | 'epoch',
): string {
  return watchPrefix(cluster) + name
}

export function reportKeyOf(cluster: string, { site, node }: { site: string; node: string }): string {
  return `${watchPrefix(cluster)}report/${site}/${node}`
}

/** The same view gives the same text, so that a transaction can compare it. */
export function encodeReport({ site, node, reachable, unreachable }: Report): string {
  return JSON.stringify({
    site,
    node,
    reachable: [...reachable].sort(),
    unreachable: [...unreachable].sort(),
  })
}

export function encodeChallenge(challenge: { leader: string; leaderRevision: string; by: string }): string {
  return JSON.stringify(challenge)
}

/** Reports that cannot be read count as not written. */
export function readWatchKeys(cluster: string, keys: readonly KeyValue[]): WatchKeys {
  const named = (name: Parameters<typeof watchKey>[1]) =>
    keys.find(({ key }) => key === watchKey(cluster, name))
  const reports = `${watchPrefix(cluster)}report/`
  const challenge = named('challenge')
  return {
    stop: named('stop'),
    challenge: challenge && readChallenge(challenge),
    backoff: named('backoff'),
    repeated: Math.max(0, Math.trunc(Number(named('repeated')?.value ?? 0))) || 0,
    reports: keys.filter(({ key }) => key.startsWith(reports)).flatMap(readReport),
    lastRelease: named('released')?.value,
  }
}

function readChallenge(key: KeyValue): WatchKeys['challenge'] {
  const { leader, leaderRevision } = parse(key.value)
  return { key, leader: String(leader), leaderRevision: String(leaderRevision) }
}

function readReport(key: KeyValue): ReportKey[] {
  const { site, node, reachable, unreachable } = parse(key.value)
  if (typeof site !== 'string' || typeof node !== 'string') return []
  if (!isNames(reachable) || !isNames(unreachable)) return []
  return [{ key, site, node, reachable, unreachable }]
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function parse(value: string): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(value))
  } catch {
    return {}
  }
}
