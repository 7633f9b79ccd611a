import { hostAndPort, type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'

/** https://patroni.readthedocs.io/en/latest/rest_api.html#cluster-status-endpoints */
export type Member = {
  name: string
  role: 'leader' | 'quorum_standby' | 'sync_standby' | 'replica' | string
  state: string
  timeline?: number
  /** Bytes behind the leader. */
  lag?: number | 'unknown'
}
export type Cluster = { members: Member[]; pause?: boolean }

/** Patroni as an operator's command speaks to it: to whichever site's answers. */
export type PatroniClient = {
  /** Throws when no site's Patroni answers. */
  cluster(): Promise<Cluster>
  /** Lets another member lead. Throws with Patroni's reason when it will not. */
  switchover(leader: string, candidate: string): Promise<void>
}

const answerMs = 3000
/** Patroni answers a switch-over when it is done. */
const switchoverMs = 30_000

export function createPatroniClient(file: SitesFile, password: string | undefined): PatroniClient {
  const urlOf = ({ address }: Site) => urlAt(address, file.ports.patroni)

  /** Asks all at once, and takes the first that answers. */
  async function anyUrl(): Promise<{ url: string; cluster: Cluster }> {
    try {
      return await Promise.any(
        file.sites.map(async (site) => {
          const url = urlOf(site)
          const response = await fetch(`${url}/cluster`, { signal: AbortSignal.timeout(answerMs) })
          return { url, cluster: (await response.json()) as Cluster }
        }),
      )
    } catch (error) {
      const where = file.sites.map(({ address }) => hostAndPort(address, file.ports.patroni)).join(', ')
      throw new Error(`no Patroni answers at ${where}`, { cause: error })
    }
  }

  return {
    cluster: async () => (await anyUrl()).cluster,
    async switchover(leader, candidate) {
      if (password === undefined)
        throw new Error('DURE_SITES_PATRONI_PASSWORD is not set; it stands in dure.env')
      const { url } = await anyUrl()
      const response = await fetch(`${url}/switchover`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`dure:${password}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ leader, candidate }),
        signal: AbortSignal.timeout(switchoverMs),
      })
      if (!response.ok) throw new Error(`Patroni refuses to switch over: ${await response.text()}`)
    },
  }
}
