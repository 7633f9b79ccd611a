import { systemClock } from '../../src/platform/clock.ts'
import type { Call, Reply } from './load.ts'
import { type RunOptions, runLoad } from './run-load.ts'
import type { Load } from './types.ts'

/** The load's own process: answers what `startLoad` asks, and ends with it. */
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole group of processes; the drill decides when its load ends.
process.on('SIGINT', () => undefined)

const tell = (reply: Reply) => void process.send?.(reply)
const options: RunOptions = JSON.parse(process.argv[2] ?? '{}')
await answer(0, async () => {
  const load = await runLoad({ clock: systemClock }, { ...options, log: (line) => tell({ log: line }) })
  process.on('message', ({ id, call, args }: Call) => void answer(id, () => perform(load, call, args)))
})

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    tell({ id, result: await work() })
  } catch (error) {
    tell({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

function perform(load: Load, call: keyof Load, args: unknown[]): Promise<unknown> {
  return (load[call] as (...args: unknown[]) => Promise<unknown>)(...args)
}
