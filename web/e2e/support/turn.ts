import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { atEnd } from '../../../server/src/platform/testing/cleanup.ts'
import { freePort } from '../../../server/test/support/free-port.ts'

/** Why Debian's coturn cannot be used here; false when it can. */
export const turnMissing: string | false =
  spawnSync('turnserver', ['--version']).error === undefined ? false : "Debian's coturn is not installed"

const secret = 'a secret that the node and the relay share'

/** A relay for calls on this machine, and what a node has to know of it. */
export async function startTurn(t: TestContext): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-turn-'))
  const port = await freePort()
  const server = spawn(
    'turnserver',
    [
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-multicast-peers', '--allow-loopback-peers'],
      ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
      ...['--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=dure.test'],
      ...[`--userdb=${join(folder, 'turndb')}`, `--pidfile=${join(folder, 'pid')}`, '--log-file=stdout'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const exited = once(server, 'exit')
  atEnd(t, async () => {
    server.kill()
    await exited
    await rm(folder, { recursive: true, force: true })
  })
  const lines: string[] = []
  for (const stream of [server.stdout, server.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const ended = exited.then(() => lines.join('\n'))
  const problem = await Promise.race([listening(port), ended])
  if (problem !== undefined) throw new Error(`coturn ended before it listened:\n${problem}`)
  return {
    DURE_CALLS_TURN_URIS: `turn:127.0.0.1:${port}?transport=udp, turn:127.0.0.1:${port}?transport=tcp`,
    DURE_CALLS_TURN_SECRET: secret,
  }
}

const triesMost = 200

/** It says differently in each version when it is ready; whether it takes a connection is the same in all. */
async function listening(port: number): Promise<undefined> {
  for (let tries = 1; ; tries++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return undefined
    } catch (error) {
      if (tries === triesMost) throw error
      await setTimeout(50)
    } finally {
      socket.destroy()
    }
  }
}
