import { fieldsOf } from '../../platform/site/etcd-json.ts'
import { type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'

/** What Patroni says of the PostgreSQL of one site. */
export type OwnDatabase = {
  leads: boolean
  /** PostgreSQL runs. */
  runs: boolean
  timeline: number | undefined
  /** How far it has received or written, in bytes of WAL. */
  position: number | undefined
  /** When the newest commit that it has was made, as PostgreSQL writes it. */
  newestCommit: string | undefined
}

const answerMs = 3000

/** Undefined when Patroni does not answer. https://patroni.readthedocs.io/en/latest/rest_api.html#monitoring-endpoint */
export async function readOwnDatabase({ ports }: SitesFile, site: Site): Promise<OwnDatabase | undefined> {
  try {
    const response = await fetch(`${urlAt(site.address, ports.patroni)}/patroni`, {
      signal: AbortSignal.timeout(answerMs),
    })
    const { state, role, timeline, xlog } = fieldsOf(await response.json())
    const { location, received_location, replayed_location, replayed_timestamp } = fieldsOf(xlog)
    const positions = [location, received_location, replayed_location].map(Number).filter((at) => at > 0)
    return {
      leads: state === 'running' && (role === 'primary' || role === 'master'),
      runs: state === 'running',
      timeline: typeof timeline === 'number' ? timeline : undefined,
      position: positions.length > 0 ? Math.max(...positions) : undefined,
      newestCommit: typeof replayed_timestamp === 'string' ? replayed_timestamp : undefined,
    }
  } catch {
    return undefined
  }
}

/** As PostgreSQL writes a position: `0/5A3C1F0`. */
export function walPosition(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 32)
    .toString(16)
    .toUpperCase()}/${(bytes % 2 ** 32).toString(16).toUpperCase()}`
}
