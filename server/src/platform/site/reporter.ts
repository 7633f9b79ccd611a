import type { Etcd } from './etcd.ts'
import { encodeReport, type Report, reportKeyOf } from './watch-keys.ts'

export type Reporter = {
  /** Keeps the report in etcd, or takes it back. Throws when etcd cannot be reached: then nobody is to hear of it. */
  report(report: Report | undefined): Promise<void>
}

/** The report ends by itself this long after the last time it was kept. */
const leaseSeconds = 5

/** How often an unchanged report is put again, so that its readers see it move. */
const repeatMs = 400
const keepMs = 1_500

/** Writes this node's report under a lease of its own, and nothing at all while no site is missed. */
export function createReporter(
  { etcd, uptimeMs }: { etcd: Etcd; uptimeMs: () => number },
  self: { cluster: string; site: string; node: string },
): Reporter {
  const key = reportKeyOf(self.cluster, self)
  let lease: string | undefined
  let keptAtMs = 0
  let written: { value: string; atMs: number } | undefined

  async function heldLease(): Promise<string> {
    const nowMs = uptimeMs()
    if (lease !== undefined && nowMs - keptAtMs < keepMs) return lease
    if (lease === undefined || !(await etcd.keepLease(lease))) lease = await etcd.grantLease(leaseSeconds)
    keptAtMs = nowMs
    return lease
  }

  return {
    async report(report) {
      if (report === undefined) {
        written = undefined
        const ended = lease
        lease = undefined
        if (ended !== undefined) await etcd.revokeLease(ended)
        return
      }
      const value = encodeReport(report)
      const nowMs = uptimeMs()
      if (written?.value === value && nowMs - written.atMs < repeatMs) return
      try {
        await etcd.transact({ compares: [], operations: [{ put: { key, value, lease: await heldLease() } }] })
        written = { value, atMs: nowMs }
      } catch (error) {
        lease = undefined
        throw error
      }
    },
  }
}
