import type { Setting } from '../config/settings.ts'
import { readSitesFile, type SitesFile } from './sites-file.ts'

/** The sites.yaml of this deployment, named by its path. */
export function sitesSetting(doc: string, extra: { env: string }): Setting<SitesFile | undefined> {
  return {
    doc,
    fallback: undefined,
    ...extra,
    read(raw) {
      if (raw === '') return undefined
      if (typeof raw !== 'string') throw new Error('must be the path of a sites.yaml')
      return readSitesFile(raw)
    },
  }
}
