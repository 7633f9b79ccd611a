import { useState } from 'react'

/** Runs one piece of work at a time: `busy` while it goes on; `failed` is told when it did not work. */
export function useBusy(failed: (error: unknown) => void) {
  const [busy, setBusy] = useState(false)
  return {
    busy,
    run(work: () => Promise<void>): void {
      if (busy) return
      setBusy(true)
      work()
        .catch(failed)
        .finally(() => setBusy(false))
    },
  }
}
