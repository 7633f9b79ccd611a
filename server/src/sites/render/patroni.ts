import { type Capacity, hostAndPort } from '../../platform/site/sites-file.ts'
import { networkOf, ownFirst, type Place } from './place.ts'
import { fillTemplate } from './template.ts'

const maxConnections = 300

/** https://patroni.readthedocs.io/en/latest/yaml_configuration.html, for Patroni 4 */
export function renderPatroni(place: Place): string {
  const { site, file, secrets, layout } = place
  const { ports } = file
  const { superuser, replication, rewind, patroni } = secrets.passwords
  const allowed = [...file.sites.map(({ address }) => networkOf(address)), ...layout.alsoAllowed]
  return fillTemplate('patroni.yml', {
    site: site.name,
    cluster: file.cluster,
    patroniAt: hostAndPort(site.address, ports.patroni),
    patroniPassword: patroni,
    allowlist: JSON.stringify(allowed),
    etcdHosts: JSON.stringify(ownFirst(place).map(({ address }) => hostAndPort(address, ports.etcdClient))),
    maxConnections,
    postBootstrap: JSON.stringify(
      `${layout.postgresBin}/psql -X -q -v ON_ERROR_STOP=1 -f ${layout.etc}/create-database.sql`,
    ),
    postgresAt: hostAndPort(site.address, ports.postgres),
    postgresData: JSON.stringify(layout.postgresData),
    postgresBin: JSON.stringify(layout.postgresBin),
    pgpass: JSON.stringify(`${layout.postgresState}/pgpass`),
    superuserPassword: superuser,
    replicationPassword: replication,
    rewindPassword: rewind,
    ...sizes(site.capacity),
    socketFolder: JSON.stringify(layout.socketFolder),
    extraParameters: Object.entries(layout.postgresParameters).map(
      ([name, value]) => `${name}: ${JSON.stringify(value)}`,
    ),
    hba: hostRules(place).map((rule) => `- ${rule}`),
  })
}

export function renderDatabase({ secrets }: Place): string {
  return fillTemplate('create-database.sql', { nodePassword: `'${secrets.passwords.node}'` })
}

/** Memory and disk for PostgreSQL, from what the machine has; modest where sites.yaml does not say. */
function sizes({ memoryGiB, diskGiB }: Capacity = { cpus: 1, memoryGiB: 2, diskGiB: 20 }) {
  const gibibytes = (count: number) => `${Math.max(256, Math.round(count * 1024))}MB`
  return {
    sharedBuffers: gibibytes(memoryGiB / 4),
    effectiveCache: gibibytes(memoryGiB / 2),
    maxWal: gibibytes(Math.min(16, diskGiB / 20)),
    slotWal: gibibytes(diskGiB / 5),
  }
}

/** Who may come from where, to which database. Patroni manages its own PostgreSQL over the site's own address. */
function hostRules({ site, file, layout }: Place): string[] {
  const rule = (database: string, role: string, network: string) =>
    `host ${database} ${role} ${network} scram-sha-256`
  const others = [...file.sites.map(({ address }) => networkOf(address)), ...layout.alsoAllowed]
  return [
    ...[networkOf(site.address), ...layout.alsoAllowed].map((network) => rule('all', 'postgres', network)),
    ...others.flatMap((network) => [
      rule('replication', 'replication', network),
      rule('postgres', 'rewind', network),
      rule('dure', 'dure', network),
    ]),
  ]
}
