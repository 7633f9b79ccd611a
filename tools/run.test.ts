import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'

test('missing dependencies are installed and the entry runs on the Node that came with them', async (t) => {
  const project = await projectFixture(t)
  const first = await project.run(['entry.ts', 'an argument'])

  assert.match(first.stderr, /installing the dependencies/)
  assert.deepEqual(JSON.parse(first.stdout), {
    arguments: ['an argument'],
    broughtNode: true,
    nodeInPath: process.version,
  })
})

test('dependencies that are there are not installed again', async (t) => {
  const project = await projectFixture(t)
  await project.run(['entry.ts'])
  const again = await project.run(['entry.ts'])

  assert.equal(again.stderr, '')
})

test('a changed lock file makes the next run install', async (t) => {
  const project = await projectFixture(t)
  await project.run(['entry.ts'])
  await project.lock('2.0.0')
  const again = await project.run(['entry.ts'])

  assert.match(again.stderr, /installing the dependencies/)
  assert.equal(again.code, 0)
})

test('two first runs at once install once and both run', async (t) => {
  const project = await projectFixture(t)
  const both = await Promise.all([project.run(['entry.ts']), project.run(['entry.ts'])])

  for (const { code, stdout } of both) {
    assert.equal(code, 0)
    assert.equal(JSON.parse(stdout).nodeInPath, process.version)
  }
  const said = both.map(({ stderr }) => stderr).join('')
  assert.equal(said.match(/installing the dependencies \(npm install\)/g)?.length, 1, said)
})

test('the lock of an installation that was killed is taken over', async (t) => {
  const project = await projectFixture(t)
  const dead = spawn(process.execPath, ['--version'])
  await once(dead, 'exit')
  await writeFile(join(project.folder, '.install.lock'), `${dead.pid}\n`)

  assert.equal((await project.run(['entry.ts'])).code, 0)
  await assert.rejects(stat(join(project.folder, '.install.lock')))
})

test('a linked node_modules is used and never replaced', async (t) => {
  const project = await projectFixture(t)
  await project.run(['entry.ts'])
  const other = await projectFixture(t)
  await symlink(join(project.folder, 'node_modules'), join(other.folder, 'node_modules'))
  await other.lock('3.0.0')
  const run = await other.run(['entry.ts'])

  assert.match(run.stderr, /node_modules is a link/)
  assert.equal(run.code, 0)
  assert.equal(await project.installedVersion(), '1.0.0')
})

test('a home that cannot be written does not stop the installation', async (t) => {
  const project = await projectFixture(t)
  const run = await project.run(['entry.ts'], { HOME: '/proc', npm_config_cache: undefined })

  assert.equal(run.code, 0, run.stderr)
})

test('the exit code is the exit code of the entry', async (t) => {
  const project = await projectFixture(t)
  await project.write('seven.ts', 'process.exit(7)')

  assert.equal((await project.run(['seven.ts'])).code, 7)
  assert.equal((await project.run(['seven.ts'])).code, 7)
})

test('a signal reaches the entry, which decides how to end', async (t) => {
  const project = await projectFixture(t)
  await project.write(
    'patient.ts',
    `process.on('SIGTERM', () => { console.log('draining'); process.exit(3) })
     setInterval(() => undefined, 1000)
     console.log('up')`,
  )
  for (const launcher of ['first run', 'later run']) {
    const child = project.start(['patient.ts'])
    const ended = once(child, 'exit')
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    assert.deepEqual(await ended, [3, null], launcher)
  }
})

test('an entry that dies of a signal is seen to die of it', async (t) => {
  const project = await projectFixture(t)
  await project.write('dies.ts', `process.kill(process.pid, 'SIGTERM'); setInterval(() => undefined, 1000)`)

  assert.equal((await project.run(['dies.ts'])).signal, 'SIGTERM')
})

const entry = `
import { execFileSync } from 'node:child_process'
console.log(JSON.stringify({
  arguments: process.argv.slice(2) satisfies string[],
  broughtNode: process.env['PATH']?.split(':')[0] === import.meta.dirname + '/node_modules/node-${process.platform}-${process.arch}/bin',
  nodeInPath: execFileSync('node', ['--version'], { encoding: 'utf8' }).trim(),
}))`

/** A project in a path with spaces whose one dependency stands for the npm package that brings Node. */
async function projectFixture(t: TestContext) {
  const folder = join(await mkdtemp(join(tmpdir(), 'dure run ')), 'a project')
  t.after(() => rm(join(folder, '..'), { recursive: true, force: true }))
  const name = `node-${process.platform}-${process.arch}`
  const write = (file: string, content: string) => writeFile(join(folder, file), content)
  await mkdir(join(folder, 'tools'), { recursive: true })
  await mkdir(join(folder, 'brought', 'bin'), { recursive: true })
  await cp(join(import.meta.dirname, 'run.mjs'), join(folder, 'tools', 'run.mjs'))
  await write('brought/bin/node', `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
  await chmod(join(folder, 'brought', 'bin', 'node'), 0o755)
  await write('.npmrc', 'ignore-scripts=true\ninstall-links=true\noffline=true\n')
  await write('entry.ts', entry)

  async function lock(version: string) {
    const dependencies = { [name]: 'file:brought' }
    await write('brought/package.json', JSON.stringify({ name, version }))
    await write('package.json', JSON.stringify({ name: 'sample', type: 'module', dependencies }))
    await write(
      'package-lock.json',
      JSON.stringify({
        name: 'sample',
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'sample', dependencies },
          [`node_modules/${name}`]: { version, resolved: 'file:brought' },
        },
      }),
    )
  }
  await lock('1.0.0')

  function start(args: string[], env: NodeJS.ProcessEnv = {}) {
    return spawn(process.execPath, [join(folder, 'tools', 'run.mjs'), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }
  return {
    folder,
    write,
    lock,
    start,
    run: async (args: string[], env: NodeJS.ProcessEnv = {}) => outcome(start(args, env)),
    async installedVersion(): Promise<string> {
      const manifest = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')
      return JSON.parse(manifest).version
    },
  }
}

async function outcome(
  child: ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream },
) {
  const ended = once(child, 'exit')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code, signal] = await ended
  return { code, signal, stdout, stderr }
}
