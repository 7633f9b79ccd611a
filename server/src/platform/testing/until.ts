import { setTimeout as sleep } from 'node:timers/promises'

const patienceMs = 60_000

/** Resolves when `holds`; the limit is only there so that a broken test fails instead of hanging its file. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not happen within ${patienceMs} ms: ${holds}`)
    await sleep(5)
  }
}
