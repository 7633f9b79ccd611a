import { isIP } from 'node:net'
import { basename } from 'node:path'
import { hostAndPort, type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import type { Layout } from './layout.ts'
import { renderDatabase, renderPatroni } from './patroni.ts'
import { networkOf, ownFirst, type Place } from './place.ts'
import { type Secrets, wireguardPublicKey } from './secrets.ts'
import { fillTemplate } from './template.ts'

/** One file of one site's machine, as `install` puts it there. */
export type RenderedFile = { path: string; content: string; mode: number; owner: string }
export type RenderedSite = { site: string; files: RenderedFile[] }

/** Everything that each site's machine needs. The same input gives the same files, byte for byte. */
export function renderSites(
  file: SitesFile,
  secrets: Secrets,
  sitesYaml: string,
  layoutOf: (site: Site) => Layout,
): RenderedSite[] {
  return file.sites.map((site) => {
    const place: Place = { site, file, secrets, layout: layoutOf(site) }
    return {
      site: site.name,
      files: [...configuration(place, sitesYaml), ...units(place), ...network(place)],
    }
  })
}

function configuration(place: Place, sitesYaml: string): RenderedFile[] {
  const { etc, users } = place.layout
  const secret = { mode: 0o640, owner: `root:${users.node}` }
  return [
    { path: `${etc}/sites.yaml`, content: sitesYaml, mode: 0o644, owner: 'root:root' },
    { path: `${etc}/etcd.conf.yml`, content: renderEtcd(place), mode: 0o644, owner: 'root:root' },
    {
      path: `${etc}/patroni.yml`,
      content: renderPatroni(place),
      mode: 0o640,
      owner: `root:${users.postgres}`,
    },
    {
      path: `${etc}/create-database.sql`,
      content: renderDatabase(place),
      mode: 0o640,
      owner: `root:${users.postgres}`,
    },
    { path: `${etc}/dure.env`, content: renderEnvironment(place), ...secret },
    {
      path: `${etc}/layout.json`,
      content: `${JSON.stringify(place.layout, null, 2)}\n`,
      mode: 0o644,
      owner: 'root:root',
    },
  ]
}

function renderEtcd({ site, file, layout }: Place): string {
  const { etcdClient, etcdPeer } = file.ports
  return fillTemplate('etcd.conf.yml', {
    site: site.name,
    etcdData: JSON.stringify(layout.etcdData),
    peerUrl: urlAt(site.address, etcdPeer),
    clientUrl: urlAt(site.address, etcdClient),
    members: JSON.stringify(
      file.sites.map(({ name, address }) => `${name}=${urlAt(address, etcdPeer)}`).join(','),
    ),
    token: file.cluster,
  })
}

function renderEnvironment(place: Place): string {
  const { site, file, secrets, layout } = place
  const hosts = ownFirst(place).map(({ address }) => hostAndPort(address, file.ports.postgres))
  return fillTemplate('dure.env', {
    site: site.name,
    sitesPath: `${layout.etc}/sites.yaml`,
    node: `${site.name}-1`,
    serverName: file.serverName,
    publicUrl: site.publicUrl,
    address: site.address,
    port: file.ports.node,
    databaseUrl: `postgres://dure:${secrets.passwords.node}@${hosts.join(',')}/dure`,
    addresses: file.sites.map(({ address }) => address).join(','),
    patroniPassword: secrets.passwords.patroni,
  })
}

function units(place: Place): RenderedFile[] {
  const { site, file, layout } = place
  const { etc, dure, users } = layout
  const meshUnit = file.mesh === 'wireguard' ? ' wg-quick@wg0.service' : ''
  const common = { site: site.name, etc }
  const gate = {
    gate: `${dure}/node_modules/.bin/node ${dure}/server/src/sites/gate/program.ts`,
    gateWords: `--sites ${etc}/sites.yaml --site ${site.name} --state ${layout.siteState}`,
  }
  const unit = (name: string, values: Parameters<typeof fillTemplate>[1]): RenderedFile => ({
    path: `/etc/systemd/system/${name}`,
    content: fillTemplate(name, values),
    mode: 0o644,
    owner: 'root:root',
  })
  return [
    unit('dure-gate.service', {
      site: site.name,
      meshUnit,
      nodeUser: users.node,
      siteStateName: basename(layout.siteState),
      ...gate,
    }),
    unit('dure-etcd.service', {
      ...common,
      ...gate,
      meshUnit,
      etcdUser: users.etcd,
      etcd: layout.etcd,
      etcdState: layout.etcdState,
    }),
    unit('dure-patroni.service', {
      ...common,
      ...gate,
      meshUnit,
      postgresUser: users.postgres,
      patroni: layout.patroni,
      patroniEnvironment: Object.entries(layout.patroniEnvironment).map(
        ([name, value]) => `Environment=${name}=${value}`,
      ),
    }),
    unit('dure.service', { ...common, meshUnit, nodeUser: users.node, dure }),
    unit('dure-firewall.service', common),
    {
      path: '/usr/local/sbin/dure',
      content: fillTemplate('dure', { etc, dure }),
      mode: 0o755,
      owner: 'root:root',
    },
  ]
}

function network(place: Place): RenderedFile[] {
  const { file, layout } = place
  const root = 'root:root'
  const files: RenderedFile[] = [
    { path: `${layout.etc}/firewall.nft`, content: renderFirewall(place), mode: 0o644, owner: root },
  ]
  if (file.mesh === 'wireguard')
    files.push({ path: '/etc/wireguard/wg0.conf', content: renderMesh(place), mode: 0o600, owner: root })
  if (file.front === 'haproxy')
    files.push(
      { path: `${layout.etc}/haproxy.cfg`, content: renderFront(place), mode: 0o644, owner: root },
      {
        path: '/etc/systemd/system/haproxy.service.d/dure.conf',
        content: fillTemplate('haproxy.service', { etc: layout.etc }),
        mode: 0o644,
        owner: root,
      },
    )
  return files
}

function renderFirewall({ site, file, layout }: Place): string {
  const { wireguard, ...tcp } = file.ports
  const mesh = file.mesh === 'wireguard'
  const ports = `{ ${Object.values(tcp).join(', ')} }`
  return fillTemplate('firewall.nft', {
    site: site.name,
    etc: layout.etc,
    // From anywhere, because a site may be known by name; WireGuard does not answer strangers.
    meshRule: mesh ? `udp dport ${wireguard} accept` : [],
    siteRules: file.sites
      .filter((other) => other !== site)
      .map(
        ({ address }) =>
          `${mesh ? 'iifname "wg0" ' : ''}${isIP(address) === 6 ? 'ip6' : 'ip'} saddr ${address} tcp dport ${ports} accept`,
      ),
  })
}

function renderMesh({ site, file, secrets }: Place): string {
  const { wireguard } = file.ports
  const peers = file.sites
    .filter((other) => other !== site)
    .map(({ name, host, address }) =>
      [
        `# ${name}`,
        '[Peer]',
        `PublicKey = ${wireguardPublicKey(secrets.wireguard[name] ?? '')}`,
        `Endpoint = ${hostAndPort(host, wireguard)}`,
        `AllowedIPs = ${networkOf(address)}`,
        // Keeps the way open through address translators, and finds a peer that moved.
        'PersistentKeepalive = 15',
      ].join('\n'),
    )
  return fillTemplate('wg0.conf', {
    site: site.name,
    address: networkOf(site.address),
    wireguardPort: wireguard,
    privateKey: secrets.wireguard[site.name] ?? '',
    peers: peers.join('\n\n'),
  })
}

function renderFront(place: Place): string {
  const { site, file, layout } = place
  const { node } = file.ports
  return fillTemplate('haproxy.cfg', {
    site: site.name,
    etc: layout.etc,
    nodeAt: hostAndPort(site.address, node),
    otherNodes: ownFirst(place)
      .slice(1)
      .map(({ name, address }) => `server ${name} ${hostAndPort(address, node)} backup`),
  })
}
