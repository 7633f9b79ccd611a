import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program of a site, watched over as systemd does with `Restart=always`: one that ends by itself is started again. */
export type Supervised = {
  start(): void
  /** Ends it and leaves it down. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** It is dead or dying with its site: leave it down. */
  abandon(): void
  /** Resolves when it is not running, and its end stands in the log. */
  gone(): Promise<void>
  /** Kills it; the supervision starts it again. */
  kill(signal?: NodeJS.Signals): void
  readonly restarts: number
}

export type Program = {
  name: string
  /** The words to run, namespace and user included. */
  command: readonly string[]
  /** What must end well first, at every start: systemd's `ExecStartPre=`. */
  before?: readonly string[]
  environment: Record<string, string>
  log: string
  /** How long it may take to end before it is killed: systemd's `TimeoutStopSec=`. */
  stopMs?: number
}

const restartAfterMs = 1000
const stopMsUsual = 60_000

export function supervise(program: () => Program): Supervised {
  let child: ChildProcess | undefined
  let wanted = false
  let restarts = 0

  function launch(): void {
    const { before, ...wantedProgram } = program()
    if (before)
      run({ ...wantedProgram, command: before }, 'what stands before', () => run(wantedProgram, 'starting'))
    else run(wantedProgram, 'starting')
  }

  function run({ command, environment, log, name }: Program, what: string, next?: () => void): void {
    const [file = '', ...words] = command
    const output = openSync(log, 'a')
    writeSync(output, `${new Date().toISOString()} drill: ${what} ${name}\n`)
    // A group of its own: a terminal's Ctrl-C is for the drill alone.
    const launched = spawn(file, words, {
      env: environment,
      stdio: ['ignore', output, output],
      detached: true,
    })
    closeSync(output)
    child = launched
    launched.on('error', (error) => process.emitWarning(error))
    launched.on('exit', (code, signal) => {
      if (next && code === 0 && wanted && child === launched) next()
      else void restart(launched, log, `${name} ended with ${code ?? signal}`)
    })
  }

  async function restart(ended: ChildProcess, log: string, how: string): Promise<void> {
    const output = openSync(log, 'a')
    writeSync(output, `${new Date().toISOString()} drill: ${how}\n`)
    closeSync(output)
    if (!wanted || child !== ended) return
    await sleep(restartAfterMs)
    if (!wanted || child !== ended) return
    restarts++
    launch()
  }

  async function gone(): Promise<void> {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  return {
    get restarts() {
      return restarts
    },
    start() {
      if (wanted) return
      wanted = true
      launch()
    },
    async stop(signal = 'SIGTERM') {
      wanted = false
      child?.kill(signal)
      const tooLong = setTimeout(() => child?.kill('SIGKILL'), program().stopMs ?? stopMsUsual)
      await gone().finally(() => clearTimeout(tooLong))
    },
    abandon() {
      wanted = false
    },
    gone,
    kill(signal = 'SIGKILL') {
      child?.kill(signal)
    },
  }
}
