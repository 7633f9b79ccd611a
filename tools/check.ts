import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

/** `npm run check`: what can be said about the code without running it. All parts run at once. */
const root = resolve(import.meta.dirname, '..')
const inTerminal = process.stdout.isTTY === true
const parts = [
  { name: 'types', command: ['tsc', '--noEmit', '--pretty', `${inTerminal}`] },
  { name: 'types of web', command: ['tsc', '--noEmit', '--project', 'web', '--pretty', `${inTerminal}`] },
  { name: 'types of the service worker', command: ['tsc', '--noEmit', '--project', 'web/service-worker'] },
  {
    name: 'lint and format',
    command: ['biome', 'check', `--colors=${inTerminal ? 'force' : 'off'}`, '--max-diagnostics=50'],
  },
  { name: 'boundaries', command: ['node', 'tools/check/boundaries.ts'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
]

const failed = (await Promise.all(parts.map(run))).filter((ok) => !ok).length
if (failed > 0) process.stdout.write(`\n${failed} of ${parts.length} checks failed\n`)
process.exitCode = failed === 0 ? 0 : 1

/** Output of a part is printed in one piece, and only when something is wrong. */
async function run({ name, command: [program = '', ...args] }: (typeof parts)[number]): Promise<boolean> {
  const started = performance.now()
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(
    code === 0
      ? `ok      ${name} (${seconds} s)\n`
      : `\nfailed  ${name} (${seconds} s)\n${output}${complaint}`,
  )
  return code === 0
}
