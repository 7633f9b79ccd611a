import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'

/**
 * Runs this program once more in an enclosure: namespaces of its own for processes, mounts, network and shared memory.
 * Whatever the drill starts, mounts or connects exists only in there and ends with it, however it ends - also by
 * kill -9 - so nothing of the machine's own network, processes or mounts can be changed or left behind.
 */
export async function runEnclosed(words: readonly string[]): Promise<number> {
  const init = [python, `${import.meta.dirname}/init.py`, process.execPath]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...init, ...words], {
    stdio: 'inherit',
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      // A terminal gives its Ctrl-C to everybody in the foreground.
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      const inside = child.pid === undefined ? undefined : firstChildOf(child.pid)
      if (inside !== undefined) process.kill(inside, signal)
    })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

const python = '/usr/bin/python3'
const namespaces = [
  ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...['--ipc', '--net'],
]

/** The first thing to do inside: loopback works, and what other programs of this machine share is not shared with them. */
export function settleIn(): void {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  for (const folder of ['/run/netns', '/dev/shm']) {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'dure-drill', folder])
  }
}

/** `unshare` waits for process 1 of the enclosure and hands no signals to it. */
function firstChildOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? undefined : Number(children.split(' ')[0])
}
