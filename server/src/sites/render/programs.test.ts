import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { systemRandom } from '../../platform/random.ts'
import { parseSitesFile } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { debianLayout } from './layout.ts'
import { renderSites } from './render.ts'
import { completeSecrets } from './secrets.ts'

const run = promisify(execFile)

/** Site busan's files below a temporary folder. */
async function renderedFolder(source = exampleSites): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-programs-'))
  const file = parseSitesFile(source)
  const secrets = completeSecrets({ random: systemRandom }, file)
  const layout = {
    ...debianLayout,
    etc: `${folder}/etc/dure`,
    etcdState: `${folder}/etcd`,
    etcdData: `${folder}/etcd/member`,
  }
  const [busan] = renderSites(file, secrets, source, () => layout)
  for (const { path, content } of busan?.files ?? []) {
    const target = path.startsWith(folder) ? path : join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }
  await mkdir(`${folder}/etcd`, { mode: 0o700 })
  return folder
}

/** False, with the reason in the report, on a machine that lacks the program. */
function has(t: TestContext, program: string, ...words: string[]): boolean {
  const { status } = spawnSync(program, words, { stdio: 'ignore' })
  if (status !== 0) t.skip(`this machine has no ${program}`)
  return status === 0
}

test('etcd starts with its file, and takes the vote beforehand from it', async (t) => {
  if (!has(t, 'etcd', '--version')) return
  // Members on loopback addresses of this test's own, so that nothing else is in the way.
  const third = 1 + systemRandom.below(250)
  const folder = await renderedFolder(exampleSites.replaceAll(/10\.88\.(\d)\.1/g, `127.88.${third}.$1`))
  const file = `${folder}/etc/dure/etcd.conf.yml`
  await writeFile(file, (await readFile(file, 'utf8')).replace('log-level: warn', 'log-level: info'))
  const etcd = spawn('etcd', ['--config-file', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  atEnd(t, async () => {
    etcd.kill('SIGKILL')
  })
  let said = ''
  for await (const chunk of etcd.stderr) {
    said += chunk
    if (said.includes('starting an etcd server') && said.includes('serving peer traffic')) break
  }
  assert.match(said, /"pre-vote":true/)
  assert.match(said, /"heartbeat-interval":"50ms","election-timeout":"500ms"/)
})

test('HAProxy accepts its file', async (t) => {
  if (!has(t, 'haproxy', '-v') || !has(t, 'openssl', 'version')) return
  const folder = await renderedFolder()
  const tls = `${folder}/etc/dure/tls`
  await mkdir(tls, { recursive: true })
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=example.org',
    '-keyout',
    `${tls}/key`,
    '-out',
    `${tls}/cert`,
  ])
  await writeFile(
    `${tls}/site.pem`,
    (await readFile(`${tls}/cert`, 'utf8')) + (await readFile(`${tls}/key`, 'utf8')),
  )
  await run('rm', [`${tls}/cert`, `${tls}/key`])
  const path = `${folder}/etc/dure/haproxy.cfg`
  // Its user exists only where the package is installed.
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^ {2}(user|group) haproxy\n/gm, ''))
  await run('haproxy', ['-c', '-f', path])
})

test('nftables accepts the firewall', async (t) => {
  if (!has(t, 'nft', '--check', 'list tables')) return
  const folder = await renderedFolder()
  await run('nft', ['--check', '--file', `${folder}/etc/dure/firewall.nft`])
})

test('systemd finds nothing wrong with the units', async (t) => {
  if (!has(t, 'systemd-analyze', '--version')) return
  const folder = await renderedFolder()
  // Programs and units that this machine lacks are no fault of the files.
  const units = `${folder}/etc/systemd/system`
  const names = [
    'dure-gate.service',
    'dure-etcd.service',
    'dure-patroni.service',
    'dure.service',
    'dure-firewall.service',
  ]
  for (const name of names) {
    const unit = await readFile(`${units}/${name}`, 'utf8')
    await writeFile(`${units}/${name}`, unit.replace(/^(Exec\w+=).*$/gm, '$1/bin/true'))
  }
  await chmod(units, 0o755)
  const { stderr } = await run('systemd-analyze', [
    'verify',
    '--recursive-errors=no',
    ...names.map((name) => `${units}/${name}`),
  ])
  const complaints = stderr
    .split('\n')
    .filter((line) => /dure/.test(line) && !/wg-quick|not found/i.test(line))
  assert.deepEqual(complaints, [])
})

test('Patroni 4 accepts its file', async (t) => {
  if (!has(t, 'patroni', '--version')) return
  const { stdout } = await run('patroni', ['--version'])
  if (!/ [4-9]\./.test(stdout)) return t.skip(`this machine's is ${stdout.trim()}`)
  const folder = await renderedFolder(exampleSites.replaceAll(/10\.88\.(\d)\.1/g, '127.88.0.$1'))
  const refused = await run('patroni', [
    '--validate-config',
    '--ignore-listen-port',
    `${folder}/etc/dure/patroni.yml`,
  ]).then(
    () => '',
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  )
  // The validator of 4.0 does not know the word that its documentation names; and this machine has no folders of the sites.
  const complaints = refused
    .split('\n')
    .filter((line) => line !== '' && !/synchronous_mode quorum|data_dir|bin_dir|is not reachable/.test(line))
  assert.deepEqual(complaints, [])
})
