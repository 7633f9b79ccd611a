/**
 * Runs a TypeScript entry of this project: `node tools/run.mjs <entry.ts> [arguments]`, the entry named from the
 * project's folder. Plain JavaScript, because whatever Node >= 20 the machine has runs it.
 *
 * It installs the dependencies that package-lock.json names and node_modules lacks, then hands over to the
 * project's own Node 24, which came with them. Everything it has to say goes to stderr: stdout belongs to the entry.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const modules = path.join(root, 'node_modules')
const stamp = path.join(modules, '.dure-installed')
const installLock = path.join(root, '.install.lock')
const lockPatienceMs = 15 * 60_000
const oldestNode = [24, 7]

const [entry, ...entryArguments] = process.argv.slice(2)
if (entry === undefined) fail('usage: node tools/run.mjs <entry.ts> [arguments]')
await install().catch((error) => fail(error.message))
run(ownNode(), [path.resolve(root, entry), ...entryArguments])

async function install() {
  const wanted = fingerprint()
  if (isInstalled(wanted)) return
  if (fs.lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) {
    // Whoever made the link decides what is in it; replacing it under other checkouts would break them.
    return say('node_modules is a link whose content differs from package-lock.json; using it as it is')
  }
  const release = await lock()
  try {
    if (isInstalled(wanted)) return
    say('installing the dependencies (npm install) ...')
    npmInstall()
    linkNode()
    fs.writeFileSync(stamp, wanted)
  } finally {
    release()
  }
}

/** Service units start `node_modules/.bin/node`. npm 11 makes it, npm 9 of Debian 13 does not. */
function linkNode() {
  const link = path.join(modules, '.bin', 'node')
  if (fs.lstatSync(link, { throwIfNoEntry: false })) return
  fs.mkdirSync(path.dirname(link), { recursive: true })
  fs.symlinkSync(ownNode(), link)
}

/** Changes whenever node_modules would have to. */
function fingerprint() {
  const content = fs.readFileSync(path.join(root, 'package-lock.json'))
  return `${createHash('sha256').update(content).digest('hex')} ${process.platform} ${process.arch}\n`
}

function isInstalled(wanted) {
  if (readIfThere(stamp) === wanted) return true
  if (!holdsWhatTheLockNames()) return false
  try {
    fs.writeFileSync(stamp, wanted)
  } catch {
    // Only a short cut: without it the comparison is made again next time.
  }
  return true
}

/**
 * npm notes at the end of an installation what it put into node_modules. Packages for other platforms may be
 * missing there; everything else has to be what the lock names.
 */
function holdsWhatTheLockNames() {
  const noted = readIfThere(path.join(modules, '.package-lock.json'))
  if (noted === undefined) return false
  const present = JSON.parse(noted).packages
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(packages).every(([place, named]) => {
    if (!place.includes('node_modules/') || named.link) return true
    const found = present[place]
    if (found === undefined) return named.optional === true && !isForThisPlatform(named)
    return found.version === named.version && found.integrity === named.integrity
  })
}

/** A package that names no platform, or a C library as well, may or may not suit; npm has decided that. */
function isForThisPlatform({ os: systems = [], cpu: processors = [], libc }) {
  return libc === undefined && systems.includes(process.platform) && processors.includes(process.arch)
}

/**
 * Not `npm ci`: that refuses a lock without the optional packages of other platforms, which is what npm writes when a
 * registry does not have them all. What `npm install` leaves behind is compared with the lock instead.
 */
function npmInstall() {
  const script = process.env.npm_execpath
  const [command, ...before] = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  const cache = writableNpmCache()
  const what = ['install', '--no-save', '--include=dev', '--include=optional']
  const how = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status, error } = spawnSync(command, [...before, ...what, ...how], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...cache.env },
  })
  cache.remove()
  if (error) throw new Error(`cannot run npm: ${error.message}`)
  if (status !== 0) throw new Error('npm install failed: see above. Nothing was started.')
  if (!holdsWhatTheLockNames())
    throw new Error('npm installed something else than package-lock.json names. Nothing was started.')
}

/** npm needs a cache folder; a home that cannot be written gets a temporary one. */
function writableNpmCache() {
  const usual = process.env.npm_config_cache ?? path.join(os.homedir(), '.npm')
  try {
    if (!fs.existsSync(usual)) fs.mkdirSync(usual)
    fs.accessSync(usual, fs.constants.W_OK)
    return { env: {}, remove() {} }
  } catch {
    const cache = fs.mkdtempSync(path.join(os.tmpdir(), 'dure-npm-'))
    return {
      env: { npm_config_cache: cache },
      remove: () => fs.rmSync(cache, { recursive: true, force: true }),
    }
  }
}

/**
 * Two installations at once would destroy each other's node_modules. The lock names its owner's process, so that
 * one left by a killed process is taken over.
 */
async function lock() {
  const deadline = Date.now() + lockPatienceMs
  for (let announced = false; ; announced = true) {
    if (tryLock()) return () => fs.rmSync(installLock, { force: true })
    const owner = readIfThere(installLock)
    if (owner !== undefined && owner !== '' && !isAlive(Number(owner))) {
      takeAway(owner)
      continue
    }
    if (Date.now() > deadline)
      fail(`process ${owner?.trim()} has been installing for too long: see ${installLock}`)
    if (!announced) say(`waiting for process ${owner?.trim()}, which is installing the dependencies ...`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function tryLock() {
  try {
    fs.writeFileSync(installLock, `${process.pid}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    return fail(`the dependencies are missing and cannot be installed: ${error.message}`)
  }
}

/** Removes the lock of a dead owner, unless somebody else took it over in the meantime. */
function takeAway(owner) {
  const aside = `${installLock}.${process.pid}`
  try {
    fs.renameSync(installLock, aside)
    if (fs.readFileSync(aside, 'utf8') !== owner) fs.linkSync(aside, installLock)
    fs.rmSync(aside)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** The Node that came with the dependencies; the machine's own where there is none and it is new enough. */
function ownNode() {
  const brought = path.join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  // It is tried once, because a machine without glibc cannot run it.
  if (fs.existsSync(brought) && spawnSync(brought, ['--version'], { stdio: 'ignore' }).status === 0)
    return brought
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return process.execPath
  return fail(
    `no Node for ${process.platform}-${process.arch} comes with the dependencies, and this one is ${process.version}. ` +
      `Install Node ${oldestNode.join('.')} or newer and run the command again.`,
  )
}

/** Children of the entry find the same Node, and the project's tools, first in PATH, and share what was compiled before. */
function run(node, args) {
  const search = [path.dirname(node), path.join(modules, '.bin'), process.env.PATH]
  const env = {
    NODE_COMPILE_CACHE: path.join(modules, '.cache', 'node'),
    ...process.env,
    PATH: search.join(path.delimiter),
  }
  // With execve the entry becomes this very process, so signals, stdio and exit code are exactly its own.
  if (process.execve) process.execve(node, [node, ...args], env)
  else runAsChild(node, args, env)
}

/** Older Nodes, so mostly the first start of all, cannot replace themselves and stay between as a messenger. */
function runAsChild(node, args, env) {
  const child = spawn(node, args, { stdio: 'inherit', env })
  // A terminal sends its own Ctrl-C to the child as well, and a second one would mean "stop without draining".
  const alreadySent = process.stdin.isTTY ? ['SIGINT', 'SIGQUIT'] : []
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGQUIT']) {
    process.on(signal, () => {
      if (!alreadySent.includes(signal)) child.kill(signal)
    })
  }
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function say(message) {
  process.stderr.write(`dure: ${message}\n`)
}

function fail(message) {
  say(message)
  process.exit(1)
}
