import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Log } from '../../../platform/log.ts'
import type { Random } from '../../../platform/random.ts'
import { Outage } from '../../../platform/refusal.ts'
import { abandonContent, claimContent, settleContent } from '../blobs/claim-content.ts'
import type { Content } from '../blobs/content.ts'
import { writeBlob } from '../blobs/write-blob.ts'

export type StoreDeps = { db: Database; clock: Clock; random: Random; log: Log }

/** No upload may take longer; far below the time after which the sweep believes a blob abandoned. */
const uploadDurationMaxMs = 3_600_000

/**
 * Stores bytes and lets `refer` write the row that refers to them. When `refer` throws - a quota, a lost race - what was
 * stored is removed again.
 */
export async function storeContent(
  deps: StoreDeps,
  bytes: AsyncIterable<Uint8Array>,
  bytesMax: number,
  refer: (content: Content) => Promise<void>,
): Promise<Content> {
  const startedAt = deps.clock.now()
  const written = await writeBlob(deps, bytes, bytesMax)
  if (deps.clock.now() - startedAt > uploadDurationMaxMs) throw new Outage('the upload took too long')
  const claim = await claimContent(deps, written)
  try {
    await refer(claim.content)
  } catch (error) {
    // After an outage nobody knows whether the reference was written: that is for the sweep to see.
    if (!(error instanceof Outage)) await abandonContent(deps, claim)
    throw error
  }
  await settleContent(deps, claim)
  return claim.content
}
