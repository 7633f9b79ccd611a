import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { processesIn } from './processes.ts'

/**
 * The network of a drill: every member - a site, the people who use them, this process - stands in a network namespace
 * of its own, and one switch carries the packets between them. Directions are set one by one, so a link can fail one way.
 */
export type Network = {
  addressOf(member: string): string
  /** The words that put a command into a member's namespace. */
  within(member: string): string[]
  /** What runs there now. */
  processesOf(member: string): number[]
  /** Applies all changes at the same instant, and resolves when they hold. */
  set(changes: readonly LinkChange[]): Promise<void>
  stats(): Promise<NetworkStats>
  close(): Promise<void>
}

export type LinkChange = { from: string; to: string } & Partial<LinkState>
export type LinkState = { delayMs: number; jitterMs: number; loss: number; cut: boolean }
export type NetworkStats = {
  /** Processor seconds that the switch has used. */
  cpuS: number
  links: { from: string; to: string; packets: number; bytes: number; dropped: number }[]
}

/** `own`: the member that is this process, in the namespace it is in already. */
export type Member = { name: string; address: string; own?: boolean }

const switchProgram = `${import.meta.dirname}/switch.py`

/** Why this machine cannot have such a network, or undefined when it can. */
export function networkImpossible(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only'
  if (process.getuid?.() !== 0) return 'only root can make network namespaces'
  if (!existsSync('/dev/net/tun')) return 'this machine has no /dev/net/tun'
  return undefined
}

/** `prefix` begins the names of the namespaces, so that nobody else's are touched. */
export async function createNetwork(members: readonly Member[], prefix: string): Promise<Network> {
  const byName = new Map(members.map((member) => [member.name, member]))
  const others = members.filter(({ own }) => !own)
  const namespaceOf = (name: string) => `/run/netns/${prefix}-${name}`
  const made: string[] = []
  const removeNamespaces = () => {
    for (const name of made.splice(0)) execFileSync('ip', ['netns', 'delete', name])
  }
  try {
    for (const { name } of others) {
      execFileSync('ip', ['netns', 'add', `${prefix}-${name}`])
      made.push(`${prefix}-${name}`)
    }
    const switchProcess = await startSwitch(
      Object.fromEntries(
        members.map(({ name, address, own }) => [
          name,
          { address, ...(own ? {} : { netns: namespaceOf(name) }) },
        ]),
      ),
    )
    return {
      addressOf: (name) => memberOf(byName, name).address,
      within: (name) => (memberOf(byName, name).own ? [] : ['nsenter', `--net=${namespaceOf(name)}`, '--']),
      processesOf: (name) =>
        processesIn(
          statSync(memberOf(byName, name).own ? '/proc/self/ns/net' : namespaceOf(name), { bigint: true })
            .ino,
        ),
      async set(changes) {
        await switchProcess.ask({ set: changes })
      },
      stats: () => switchProcess.ask({ stats: true }) as Promise<NetworkStats>,
      async close() {
        await switchProcess.end()
        removeNamespaces()
      },
    }
  } catch (error) {
    removeNamespaces()
    throw error
  }
}

function memberOf(members: ReadonlyMap<string, Member>, name: string): Member {
  const member = members.get(name)
  if (!member) throw new Error(`the network has no member ${name}`)
  return member
}

async function startSwitch(members: Record<string, { address: string; netns?: string }>) {
  const child = spawn('/usr/bin/python3', [switchProgram, JSON.stringify(members)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A terminal's Ctrl-C must not take the network away before the drill has cleaned up.
    detached: true,
  })
  const exited = once(child, 'exit')
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<void>()
  let asked = 0
  let ending = false
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer: { id?: number; ready?: boolean } = JSON.parse(line)
    if (answer.ready) ready.resolve()
    if (answer.id === undefined) return
    pending.get(answer.id)?.resolve(answer)
    pending.delete(answer.id)
  })
  child.stdin.on('error', () => undefined)
  exited.then(([code]) => {
    const gone = new Error(`the switch between the sites ended with ${code}`)
    ready.reject(gone)
    for (const { reject } of pending.values()) reject(gone)
    if (!ending) process.emitWarning(gone)
  }, ready.reject)
  await ready.promise
  return {
    ask(command: object): Promise<unknown> {
      const answer = Promise.withResolvers<unknown>()
      asked++
      pending.set(asked, answer)
      child.stdin.write(`${JSON.stringify({ id: asked, ...command })}\n`)
      return answer.promise
    },
    async end() {
      ending = true
      child.stdin.end()
      await exited
    },
  }
}
