/** Where a site's programs, files and data are, and who runs them. The drill has one for each site on one machine. */
export type Layout = {
  /** Configuration. */
  etc: string
  /** The checkout of Dure, with its node_modules. */
  dure: string
  etcd: string
  patroni: string
  postgresBin: string
  /** What starts and stops units, as systemctl does it. */
  systemctl: string
  /** Which epoch this site's data are of; the node user owns it, everybody may read it. */
  siteState: string
  /** Parent of `etcdData`, which the etcd user owns. */
  etcdState: string
  etcdData: string
  /** Home of the PostgreSQL user: the data folder lies in it, and the password file that Patroni writes. */
  postgresState: string
  postgresData: string
  socketFolder: string
  users: { etcd: string; postgres: string; node: string }
  /** Environment that Patroni needs besides, for example PYTHONPATH. */
  patroniEnvironment: Readonly<Record<string, string>>
  /** Networks besides the sites' addresses that may reach PostgreSQL and Patroni, as `address/bits`. */
  alsoAllowed: readonly string[]
  /** PostgreSQL settings besides, for example less memory where three sites share a machine. */
  postgresParameters: Readonly<Record<string, string>>
}

/** What `docs/guides/three-sites.md` sets up: Debian 13's packages. */
export const debianLayout: Layout = {
  etc: '/etc/dure',
  dure: '/opt/dure',
  etcd: '/usr/bin/etcd',
  patroni: '/usr/bin/patroni',
  postgresBin: '/usr/lib/postgresql/17/bin',
  systemctl: '/usr/bin/systemctl',
  siteState: '/var/lib/dure-site',
  etcdState: '/var/lib/dure-etcd',
  etcdData: '/var/lib/dure-etcd/member',
  postgresState: '/var/lib/dure-postgres',
  postgresData: '/var/lib/dure-postgres/data',
  socketFolder: '/run/dure-postgres',
  users: { etcd: 'etcd', postgres: 'postgres', node: 'dure' },
  patroniEnvironment: {},
  alsoAllowed: [],
  postgresParameters: {},
}
