import { isIP } from 'node:net'
import type { Site, SitesFile } from '../../platform/site/sites-file.ts'
import type { Layout } from './layout.ts'
import type { Secrets } from './secrets.ts'

/** What every renderer of a file is given: the site, what it stands among, and where things are on its machine. */
export type Place = { site: Site; file: SitesFile; secrets: Secrets; layout: Layout }

/** The sites in the order in which this site asks them: itself first. */
export function ownFirst({ site, file }: Place): Site[] {
  return [site, ...file.sites.filter((other) => other !== site)]
}

/** The network of this one address. */
export function networkOf(address: string): string {
  return `${address}/${isIP(address) === 6 ? 128 : 32}`
}
