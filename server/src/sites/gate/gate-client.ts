import { type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import type { GateAnswer } from './decide-gate.ts'
import { parseEpoch } from './epoch.ts'

/** A site's gate as it answers `GET /gate`. */
export type GateStatus = GateAnswer & {
  /** What the programs of that site wait for. */
  waits: string | undefined
}

/** The gates of the sites as others ask them. */
export type GateClient = {
  /** Undefined when nothing answers. */
  status(site: Site): Promise<GateStatus | undefined>
  /** Makes `newcomer` a member of that site's epoch, durably. It can be repeated. Throws with the site's reason. */
  admit(site: Site, newcomer: Site, epoch: number): Promise<void>
  /** Tells the own site's gate why its programs wait, for those who ask it. Nothing depends on its arrival. */
  tell(own: Site, waits: string): Promise<void>
}

const answerMs = 3000

export function createGateClient({ ports }: Pick<SitesFile, 'ports'>): GateClient {
  const urlOf = ({ address }: Site) => `${urlAt(address, ports.gate)}/gate`
  const post = (url: string, body: object) =>
    fetch(url, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(answerMs) })
  return {
    async status(site) {
      try {
        const response = await fetch(urlOf(site), { signal: AbortSignal.timeout(answerMs) })
        return readStatus(site.name, await response.text())
      } catch {
        return undefined
      }
    },
    async admit(site, newcomer, epoch) {
      const response = await post(`${urlOf(site)}/admit`, { site: newcomer.name, epoch })
      if (!response.ok)
        throw new Error(`${site.name} does not admit ${newcomer.name}: ${await response.text()}`)
    },
    async tell(own, waits) {
      await post(`${urlOf(own)}/waits`, { waits }).catch(() => undefined)
    },
  }
}

function readStatus(site: string, source: string): GateStatus | undefined {
  const epoch = parseEpoch(source)
  if (!epoch) return undefined
  const { site: name, etcdRuns, waits } = JSON.parse(source) as Record<string, unknown>
  // Another site's address that leads here by mistake would count twice.
  if (name !== site || typeof etcdRuns !== 'boolean') return undefined
  return { site, epoch, etcdRuns, waits: typeof waits === 'string' ? waits : undefined }
}
