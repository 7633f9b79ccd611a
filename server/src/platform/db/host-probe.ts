import type { Clock } from '../clock.ts'
import { Client, clientConfig } from './client.ts'
import type { ConnectionTarget, Host } from './connection-url.ts'

/** What a host said of itself. */
export type Sighting =
  | { role: 'primary'; timeline: number }
  /** `streamed`: all that it shows was sent to it by a primary, so none of it is known to this host alone. */
  | { role: 'standby'; streamed: boolean }
  /** Nobody listens there, or nothing answered in time. */
  | { role: 'refused' | 'silent' }

export type HostProbe = {
  /** Asks now instead of at its next turn. */
  hurry(): void
  close(): void
}

export const probeEveryMs = 250
const probeTimeoutMs = 1000

/**
 * Asks one host, over a connection of its own and every quarter of a second, what it is. A host that accepts and never
 * answers is silent after a second; so is one whose packets vanish.
 */
export function probeHost(
  deps: { clock: Clock },
  target: ConnectionTarget,
  host: Host,
  options: { applicationName: string; report: (sighting: Sighting) => void },
): HostProbe {
  const config = clientConfig(target, host, `${options.applicationName} probe`)
  let closed = false
  let client: Client | undefined
  let interrupt: () => void = () => undefined

  async function ask(): Promise<Sighting> {
    if (!client) {
      client = new Client(config)
      client.on('error', () => undefined)
      await client.connect()
    }
    const { rows } = await client.query<Answer>(question)
    return readAnswer(rows[0])
  }

  async function askInTime(): Promise<Sighting> {
    const late = deps.clock.after(probeTimeoutMs, () => client?.socket.destroy())
    try {
      return await ask()
    } catch (error) {
      client?.socket.destroy()
      client = undefined
      return { role: isRefusal(error) ? 'refused' : 'silent' }
    } finally {
      late()
    }
  }

  async function run(): Promise<void> {
    while (!closed) {
      const sighting = await askInTime()
      if (closed) break
      options.report(sighting)
      const { promise, resolve } = Promise.withResolvers<void>()
      interrupt = resolve
      const cancel = deps.clock.after(probeEveryMs, resolve)
      await promise
      cancel()
    }
    client?.socket.destroy()
  }

  void run()
  return {
    hurry: () => interrupt(),
    close() {
      closed = true
      client?.socket.destroy()
      interrupt()
    },
  }
}

type Answer = { segment: string | null; streamed: boolean | null }

/**
 * The current WAL segment's name begins with the timeline, eight hexadecimal digits; the control file learns of a
 * promotion only at the checkpoint after it.
 */
const question = `
  select
    case when pg_is_in_recovery() then null else pg_walfile_name(pg_current_wal_insert_lsn()) end as segment,
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() <= pg_last_wal_receive_lsn() end as streamed`

function readAnswer(answer: Answer | undefined): Sighting {
  if (answer?.segment) return { role: 'primary', timeline: Number.parseInt(answer.segment.slice(0, 8), 16) }
  return { role: 'standby', streamed: answer?.streamed ?? false }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
  )
}
