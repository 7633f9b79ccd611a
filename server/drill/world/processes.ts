import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The processes that stand in a network namespace, given by its file. */
export function processesIn(namespace: bigint): number[] {
  const link = `net:[${namespace}]`
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return readlinkSync(`/proc/${name}/ns/net`) === link ? [Number(name)] : []
    } catch {
      return []
    }
  })
}

/**
 * kill -9 of everything in a namespace. The first round happens before this returns to its caller's caller; whatever
 * was forked meanwhile follows. Throws when something survives for five seconds.
 */
export async function killAllIn(namespace: bigint): Promise<void> {
  const deadline = performance.now() + 5000
  for (;;) {
    const pids = processesIn(namespace)
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
    }
    if (pids.length === 0) return
    if (performance.now() > deadline) throw new Error(`processes ${pids.join(', ')} survived kill -9`)
    await sleep(5)
  }
}
