import { fieldsOf, type KeyValue } from './etcd-json.ts'

/** What Patroni keeps in etcd about its cluster, as of Patroni 4 with the etcd v3 API. */
export type PatroniKeys = {
  /** Exists while the leader keeps its lease; the value is the leader's name. */
  leader: KeyValue | undefined
  /** By name. Each member writes its own under its lease, the leader under the same lease as the leader's key. */
  members: ReadonlyMap<string, KeyValue>
  sync: { key: KeyValue; leader: string; voters: readonly string[]; quorum: number } | undefined
  config: { key: KeyValue; paused: boolean; maximumLagBytes: number } | undefined
  /** `requested`: somebody asks for a switch-over or a fail-over by hand. Patroni empties the key afterwards and leaves it. */
  failover: { key: KeyValue; requested: boolean } | undefined
  /** The leader's last known WAL position, in bytes. */
  lastPosition: number
}

export function patroniPrefix(cluster: string): string {
  return `/service/${cluster}/`
}

export function leaderKeyOf(cluster: string): string {
  return `${patroniPrefix(cluster)}leader`
}

export function memberKeyOf(cluster: string, member: string): string {
  return `${patroniPrefix(cluster)}members/${member}`
}

/** Throws when a key of Patroni's holds something that is not JSON: what is not understood must not be acted upon. */
export function readPatroniKeys(cluster: string, keys: readonly KeyValue[]): PatroniKeys {
  const prefix = patroniPrefix(cluster)
  const members = `${prefix}members/`
  const named = (name: string) => keys.find(({ key }) => key === prefix + name)
  const sync = named('sync')
  const config = named('config')
  const status = named('status')
  const failover = named('failover')
  return {
    leader: named('leader'),
    members: new Map(
      keys
        .filter(({ key }) => key.startsWith(members))
        .map((entry) => [entry.key.slice(members.length), entry]),
    ),
    sync: sync && readSync(sync),
    config: config && readConfig(config),
    failover: failover && { key: failover, requested: isRequest(failover.value) },
    lastPosition: status ? numberOr(0, fieldsOf(JSON.parse(status.value))['optime']) : 0,
  }
}

/** https://github.com/patroni/patroni/blob/v4.0.7/patroni/dcs/__init__.py, class Failover: an empty one is none. */
function isRequest(value: string): boolean {
  if (value.trim() === '') return false
  try {
    return Object.values(fieldsOf(JSON.parse(value))).some(Boolean)
  } catch {
    // The form of old versions, `leader:candidate`.
    return true
  }
}

function readSync(key: KeyValue): PatroniKeys['sync'] {
  const { leader, sync_standby: standbys, quorum } = fieldsOf(JSON.parse(key.value))
  if (typeof leader !== 'string') return undefined
  const voters = typeof standbys === 'string' ? standbys.split(',').map((name) => name.trim()) : []
  return { key, leader, voters: voters.filter((name) => name !== ''), quorum: numberOr(0, quorum) }
}

/** Patroni's own default of maximum_lag_on_failover. */
const defaultLagBytes = 1024 * 1024

function readConfig(key: KeyValue): PatroniKeys['config'] {
  const { pause, maximum_lag_on_failover: lag } = fieldsOf(JSON.parse(key.value))
  return {
    key,
    paused: pause === true || pause === 'true' || pause === 'on',
    maximumLagBytes: numberOr(defaultLagBytes, lag),
  }
}

function numberOr(fallback: number, value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : fallback
}
