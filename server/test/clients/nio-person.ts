import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { atEnd } from '../../src/platform/testing/cleanup.ts'

/** A person whose client is matrix-nio, in a process of its own. */
export type NioPerson = {
  userId: string
  /** Has a method of nio_person.py run, and gives its answer. */
  tell<T = unknown>(command: { do: string; [parameter: string]: unknown }): Promise<T>
}

const script = fileURLToPath(new URL('nio_person.py', import.meta.url))
const needed = 'import nio, olm; assert nio.crypto.ENCRYPTION_ENABLED'

/** A Python that has matrix-nio with encryption: Debian's own comes first, as its packages are only there. */
const python = ['/usr/bin/python3', 'python3'].find(
  (program) => spawnSync(program, ['-c', needed], { stdio: 'ignore' }).status === 0,
)

/** Why these tests cannot run here, or false. */
export const nioIsMissing =
  python === undefined && 'no Python with matrix-nio and olm (Debian: python3-matrix-nio, python3-olm)'

/** Registers somebody, or signs them in on a further device, and follows the server. */
export async function nioPerson(
  t: TestContext,
  url: string,
  how: 'register' | 'log_in',
  account: { name: string; password: string },
): Promise<NioPerson> {
  assert(python !== undefined)
  const folder = await mkdtemp(join(tmpdir(), 'dure-nio-'))
  const child = spawn(python, [script, url, folder], { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  atEnd(t, async () => {
    child.stdin.end()
    await exited
    await rm(folder, { recursive: true, force: true })
  })

  async function tell<T>(command: { do: string; [parameter: string]: unknown }): Promise<T> {
    child.stdin.write(`${JSON.stringify(command)}\n`)
    const { value } = await answers.next()
    assert(typeof value === 'string', `matrix-nio ended: ${complaints}`)
    const answer = JSON.parse(value)
    assert.equal(answer.error, undefined, `${JSON.stringify(command)}: ${answer.error}\n${complaints}`)
    return answer
  }

  const { user } = await tell<{ user: string }>({ do: how, ...account })
  await tell({ do: 'start' })
  return { userId: user, tell }
}
