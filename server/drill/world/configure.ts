import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { systemRandom } from '../../src/platform/random.ts'
import { parseSitesFile, type Site, type SitesFile } from '../../src/platform/site/sites-file.ts'
import { debianLayout, type Layout } from '../../src/sites/render/layout.ts'
import { renderSites } from '../../src/sites/render/render.ts'
import { completeSecrets } from '../../src/sites/render/secrets.ts'
import type { Tools } from './tools.ts'

/** What one site's programs are started with. */
export type SiteConfiguration = {
  site: Site
  ports: SitesFile['ports']
  layout: Layout
  etcdFile: string
  patroniFile: string
  postgresPort: number
  nodeEnvironment: Record<string, string>
}

const names = ['seoul', 'busan', 'gwangju']

/** Where the sites stand: the first two numbers of their addresses, and the network that this program and the people of the load look in from. */
export type Place = { network: string; outside: string }

type Described = { file: SitesFile; source: string; outside: string }

/** The three sites as an operator would write them down. */
export function describeSites(place: Place): Described {
  const addressOf = (index: number) => `${place.network}.${index + 1}.1`
  const source = JSON.stringify(
    {
      cluster: 'dure',
      serverName: 'drill.example',
      mesh: 'none',
      sites: names.map((name, index) => ({
        name,
        host: addressOf(index),
        address: addressOf(index),
        publicUrl: `http://${addressOf(index)}:8008`,
        labels: { building: name, power: name, network: name },
        capacity: { cpus: 2, memoryGiB: 1, diskGiB: 4 },
      })),
    },
    null,
    2,
  )
  return { file: parseSitesFile(source), source, outside: place.outside }
}

/**
 * Configures every site with what operators get from `dure sites render`, so that what is drilled is what is deployed;
 * only paths differ.
 */
export function configureSites(
  described: Described,
  tools: Tools,
  folder: string,
  databaseUser: { name: string; gid: number },
): SiteConfiguration[] {
  const secrets = completeSecrets({ random: systemRandom }, described.file)
  const layoutOf = (site: Site) =>
    layout(tools, join(folder, site.name), databaseUser.name, described.outside)
  const rendered = renderSites(described.file, secrets, described.source, layoutOf)
  return described.file.sites.map((site, index) => {
    const own = layoutOf(site)
    const files = (rendered[index]?.files ?? []).filter(({ path }) => path.startsWith(`${own.etc}/`))
    for (const { path, content, mode } of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content, { mode: 0o600 })
      if (process.getuid?.() === 0) chownSync(path, 0, databaseUser.gid)
      chmodSync(path, mode)
    }
    const environment = files.find(({ path }) => path.endsWith('/dure.env'))?.content ?? ''
    return {
      site,
      ports: described.file.ports,
      layout: own,
      etcdFile: join(own.etc, 'etcd.conf.yml'),
      patroniFile: join(own.etc, 'patroni.yml'),
      postgresPort: described.file.ports.postgres,
      nodeEnvironment: parseEnv(environment) as Record<string, string>,
    }
  })
}

function layout(tools: Tools, folder: string, databaseUser: string, outside: string): Layout {
  const disk = join(folder, 'disk')
  return {
    ...debianLayout,
    etc: join(folder, 'etc'),
    etcd: tools.etcd,
    postgresBin: tools.postgresBin,
    systemctl: join(folder, 'systemctl'),
    siteState: join(disk, 'site'),
    etcdState: join(disk, 'etcd'),
    etcdData: join(disk, 'etcd', 'member'),
    postgresState: join(disk, 'postgres'),
    postgresData: join(disk, 'postgres', 'data'),
    socketFolder: join(folder, 'run'),
    users: { etcd: databaseUser, postgres: databaseUser, node: databaseUser },
    alsoAllowed: [outside],
  }
}
