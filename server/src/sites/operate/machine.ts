import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Layout } from '../render/layout.ts'

/** The machine of a site, to a command that changes what runs on it. */
export type Machine = {
  layout: Layout
  units: Units
}

/** What starts and stops programs: systemd, or the drill's supervisor. Both can be repeated. */
export type Units = {
  /** Resolves when it is down, and it stays down. */
  stop(unit: Unit): Promise<void>
  /** It may wait at its gate for as long as it likes. */
  start(unit: Unit): Promise<void>
}

export type Unit = 'dure-etcd' | 'dure-patroni'

const run = promisify(execFile)

/** Reads where things are from `layout.json` beside sites.yaml, which `sites render` writes. */
export function readMachine(sitesPath: string): Machine {
  const path = join(dirname(sitesPath), 'layout.json')
  const layout = JSON.parse(readFileSync(path, 'utf8')) as Layout
  return { layout, units: createUnits(layout.systemctl) }
}

function createUnits(systemctl: string): Units {
  return {
    stop: async (unit) => {
      await run(systemctl, ['stop', unit])
    },
    start: async (unit) => {
      await run(systemctl, ['start', '--no-block', unit])
    },
  }
}
