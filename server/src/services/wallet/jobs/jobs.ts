import type { Jobs, RunningJob } from '../../../platform/jobs.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { RailOutcome } from '../bank/rail.ts'
import type { WalletService } from '../service.ts'

const railMs = 1_000
const collectDebtsMs = 5_000
const forgetMs = 3_600_000

/** The background work of this service; each may run at several nodes at once without harm. */
export function wireWalletJobs(
  jobs: Jobs,
  { bank, rail, remittances, codes, forgetSpendings }: WalletService,
): void {
  jobs.handle('wallet.bank_order', async (payload) => {
    const { reference } = payload as { reference: string }
    await unlessRefused(() => bank.carryOut(reference))
  })
  jobs.handle('wallet.bank_report', (payload) => {
    const { reference, outcome, reason } = payload as ReportPayload
    return bank.takeReport({ reference, outcome, ...(reason !== null && { reason }) })
  })
  jobs.handle('wallet.remittance', async (payload) => {
    const { reference } = payload as { reference: string }
    await unlessRefused(() => remittances.goOn(reference))
  })
  jobs.repeat('wallet.bank', railMs, async () => {
    await rail.work()
    await bank.fetchReports()
  })
  jobs.repeat('wallet.collect_debts', collectDebtsMs, ({ signal }: RunningJob) => bank.collectDebts(signal))
  jobs.repeat('wallet.forget', forgetMs, async () => {
    await forgetSpendings()
    await codes.forgetOld()
  })
}

type ReportPayload = { reference: string; outcome: RailOutcome; reason: string | null }

/** A refusal has been written down by then. */
async function unlessRefused(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
