import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** The processes that stand in a network namespace, given by its inode. */
export function processesIn(namespace: bigint): number[] {
  const link = `net:[${namespace}]`
  return processes((pid) => readlinkSync(`/proc/${pid}/ns/net`) === link)
}

/** The processes with an entry in their environment that begins so, of those whose rest is as wanted. */
export function processesMarked(
  beginning: string,
  wanted: (rest: string) => boolean = (rest) => rest === '',
): number[] {
  return processes((pid) =>
    readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .some((entry) => entry.startsWith(beginning) && wanted(entry.slice(beginning.length))),
  )
}

function processes(matches: (pid: number) => boolean): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      return matches(Number(name)) ? [Number(name)] : []
    } catch {
      // It has ended, or is somebody else's.
      return []
    }
  })
}

/**
 * kill -9 of everything that is found. The first round happens before this returns to its caller's caller; whatever was
 * forked meanwhile follows. Throws when something survives for five seconds.
 */
export async function killAll(find: () => number[]): Promise<void> {
  const deadline = performance.now() + 5000
  for (;;) {
    const pids = find()
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
