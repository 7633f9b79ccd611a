import type { SitesFile } from '../../src/platform/site/sites-file.ts'

/** What one site's Patroni says of its own PostgreSQL. */
export type ClusterMember = {
  name: string
  role: 'primary' | 'standby' | 'none'
  timeline: number | undefined
  /** The standbys that stream from it, when it is the primary. */
  standbys: { name: string; state: string; syncState: string }[]
}

type Answer = {
  role?: string
  state?: string
  timeline?: number
  replication?: { application_name: string; state: string; sync_state: string }[]
}

const patienceMs = 1000

/** Asks every site's Patroni about itself; those that do not answer are missing. https://patroni.readthedocs.io/en/latest/rest_api.html */
export async function readCluster({ sites, ports }: SitesFile): Promise<ClusterMember[]> {
  const found = await Promise.all(
    sites.map(async ({ name, address }) => {
      try {
        const answer = await fetch(`http://${address}:${ports.patroni}/patroni`, {
          signal: AbortSignal.timeout(patienceMs),
        })
        return [memberOf(name, (await answer.json()) as Answer)]
      } catch {
        return []
      }
    }),
  )
  return found.flat()
}

function memberOf(name: string, { role, state, timeline, replication = [] }: Answer): ClusterMember {
  const running = state === 'running'
  return {
    name,
    role: !running ? 'none' : role === 'primary' || role === 'master' ? 'primary' : 'standby',
    timeline,
    standbys: replication.map((standby) => ({
      name: standby.application_name,
      state: standby.state,
      syncState: standby.sync_state,
    })),
  }
}
