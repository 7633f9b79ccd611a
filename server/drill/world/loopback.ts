import type { Network } from './network.ts'
import { processesMarked } from './processes.ts'

/**
 * Sites on addresses of the loopback range: for users who may not make namespaces. What dies, dies as in a fire; nothing can happen
 * to the links, since the machine has none.
 */
export function createLoopback(members: readonly { name: string; address: string }[]): Network {
  const mark = (name: string) => `${marker}=${process.pid}:${name}`
  return {
    addressOf(name) {
      const member = members.find((other) => other.name === name)
      if (!member) throw new Error(`the network has no member ${name}`)
      return member.address
    },
    within: (name) => ['env', mark(name)],
    processesOf: (name) => processesMarked(mark(name)),
    set: async () => undefined,
    stats: async () => ({ cpuS: 0, links: [] }),
    close: async () => undefined,
  }
}

/** In the environment of everything that runs at a site, and of whatever that starts. */
const marker = 'DRILL_SITE'

/** What drills left behind that were killed themselves, with the processes that their sites had. */
export function leftBehind(): number[] {
  return processesMarked(`${marker}=`, (value) => !isAlive(Number(value.split(':')[0])))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
