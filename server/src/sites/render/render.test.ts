import assert from 'node:assert/strict'
import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { parseConnectionUrl } from '../../platform/db/connection-url.ts'
import { systemRandom } from '../../platform/random.ts'
import { parseSitesFile } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { debianLayout } from './layout.ts'
import { type RenderedSite, renderSites } from './render.ts'
import { completeSecrets, wireguardPublicKey } from './secrets.ts'
import { readSecrets, writeSecrets, writeSite } from './write.ts'

const exampleFile = parseSitesFile(exampleSites)
const exampleSecrets = completeSecrets({ random: systemRandom }, exampleFile)
const render = (source = exampleSites, secrets = exampleSecrets) =>
  renderSites(parseSitesFile(source), secrets, source, () => debianLayout)

function contentOf(sites: RenderedSite[], site: string, path: string): string {
  const found = sites.find((each) => each.site === site)?.files.find((each) => each.path === path)
  assert(found, `${site} has no ${path}`)
  return found.content
}

test('each site asks itself first and then the others', () => {
  const environment = contentOf(render(), 'daejeon', '/etc/dure/dure.env')
  const url = /^DURE_DATABASE_URL=(.*)$/m.exec(environment)?.[1] ?? ''
  const { hosts, user, password } = parseConnectionUrl(url)
  assert.deepEqual(
    hosts.map(({ host }) => host),
    ['10.88.2.1', '10.88.1.1', '10.88.3.1'],
  )
  assert.deepEqual([user, password], ['dure', exampleSecrets.passwords.node])
  assert.match(environment, /^DURE_PUBLIC_URL=https:\/\/daejeon\.example\.org$/m)
})

test('Patroni commits in quorum, strictly, and admits only the sites', () => {
  const patroni = parse(contentOf(render(), 'busan', '/etc/dure/patroni.yml'))
  const { dcs } = patroni.bootstrap
  assert.equal(dcs.synchronous_mode, 'quorum')
  assert.equal(dcs.synchronous_mode_strict, true)
  assert(dcs.loop_wait + 2 * dcs.retry_timeout <= dcs.ttl, "Patroni's own rule")
  for (const rule of patroni.postgresql.pg_hba)
    assert.match(rule, /^local all postgres peer$|^host \S+ \S+ 10\.88\.[123]\.1\/32 scram-sha-256$/)
  // Its own superuser manages this PostgreSQL; no other site's may.
  assert.deepEqual(
    patroni.postgresql.pg_hba.filter((rule: string) => rule.startsWith('host all')),
    ['host all postgres 10.88.1.1/32 scram-sha-256'],
  )
})

test('etcd has one member a site, and the vote beforehand that 3.4 has off', () => {
  const etcd = parse(contentOf(render(), 'chuncheon', '/etc/dure/etcd.conf.yml'))
  assert.equal(etcd['pre-vote'], true)
  assert.equal(etcd['enable-grpc-gateway'], true, 'Patroni could not speak to it')
  assert.equal(etcd['listen-peer-urls'], 'http://10.88.3.1:2380')
  assert.deepEqual(etcd['initial-cluster'].split(','), [
    'busan=http://10.88.1.1:2380',
    'daejeon=http://10.88.2.1:2380',
    'chuncheon=http://10.88.3.1:2380',
  ])
})

test('without a mesh or front of ours their files are absent, and nothing waits for them', () => {
  const bare = render(
    exampleSites.replace('mesh: wireguard', 'mesh: none').replace('front: haproxy', 'front: none'),
  )
  for (const { files } of bare) {
    for (const { path, content } of files) {
      assert.doesNotMatch(path, /wireguard|haproxy/)
      if (path.endsWith('.service')) assert.doesNotMatch(content, /wg-quick/)
    }
  }
  assert.match(contentOf(bare, 'busan', '/etc/dure/firewall.nft'), /^ {4}ip saddr 10\.88\.2\.1 tcp/m)
})

test('IPv6 addresses are written as each program wants them', () => {
  const six = render(exampleSites.replaceAll(/10\.88\.(\d)\.1/g, 'fd00:88::$1'))
  assert.match(contentOf(six, 'busan', '/etc/dure/firewall.nft'), /ip6 saddr fd00:88::2 tcp/)
  assert.match(contentOf(six, 'busan', '/etc/dure/patroni.yml'), /listen: \[fd00:88::1\]:5432/)
  assert.match(contentOf(six, 'busan', '/etc/wireguard/wg0.conf'), /AllowedIPs = fd00:88::2\/128/)
})

test('rendering again changes no file and no secret; a new site only adds its key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dure-sites-'))
  const rendered = async () => {
    const secrets = completeSecrets({ random: systemRandom }, exampleFile, await readSecrets(folder))
    await writeSecrets(folder, secrets)
    const sites = render(exampleSites, secrets)
    for (const site of sites) await writeSite(folder, site, debianLayout)
    return { sites, secrets: await readFile(join(folder, 'secrets.yaml'), 'utf8') }
  }
  const first = await rendered()
  assert.deepEqual(await rendered(), first)
  assert.equal((await stat(join(folder, 'secrets.yaml'))).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder, 'busan/etc/dure/patroni.yml'))).mode & 0o777, 0o640)
  assert.equal((await stat(join(folder, 'busan/install'))).mode & 0o777, 0o755)

  const earlier = await readSecrets(folder)
  const more = completeSecrets(
    { random: systemRandom },
    { ...exampleFile, sites: [...exampleFile.sites, { ...exampleFile.sites[0], name: 'jeju' } as never] },
    earlier,
  )
  const { jeju, ...others } = more.wireguard
  assert.equal(Buffer.from(jeju ?? '', 'base64').length, 32)
  assert.deepEqual({ ...more, wireguard: others }, earlier)
})

test('the public key is the one that WireGuard would derive', () => {
  // https://www.rfc-editor.org/rfc/rfc7748#section-6.1, Alice
  assert.equal(
    wireguardPublicKey('dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo='),
    'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=',
  )
})
