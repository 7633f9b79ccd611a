import type { DrainStatus } from '../../platform/site/site-routes.ts'
import { type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'

/** What an operator's command asks the sites' nodes. A node that does not answer is `undefined`. */
export type NodeClient = {
  isReady(site: Site): Promise<boolean | undefined>
  drain(site: Site): Promise<DrainStatus | undefined>
}

const answerMs = 2000

export function createNodeClient(file: SitesFile): NodeClient {
  async function get(site: Site, path: string): Promise<Response | undefined> {
    try {
      return await fetch(`${urlAt(site.address, file.ports.node)}${path}`, {
        signal: AbortSignal.timeout(answerMs),
      })
    } catch {
      return undefined
    }
  }
  return {
    isReady: async (site) => (await get(site, '/readyz'))?.ok,
    async drain(site) {
      const response = await get(site, '/api/site/v1/drain')
      return response?.ok ? ((await response.json()) as DrainStatus) : undefined
    },
  }
}
