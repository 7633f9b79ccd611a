import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

/**
 * `npm run drill-money -- [kills] [seed]`: the drills of the ledger and of checkout, with kill -9 of a node or of PostgreSQL at random
 * moments, fifty times each unless told otherwise. CI runs the same tests with a few kills and one seed.
 */
const root = resolve(import.meta.dirname, '..')
const drills = ['ledger', 'checkout'].map((name) => `server/test/drills/${name}.test.ts`)
const [kills = '50', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)

process.exitCode = 0
for (const drill of drills) {
  const child = spawn(process.execPath, [resolve(root, 'tools', 'test.ts'), drill], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, DURE_DRILL_KILLS: kills, DURE_DRILL_SEED: seed },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exitCode = 1
}
