import type { MatrixClient } from 'matrix-js-sdk'
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js'
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js'

/** Another device may put the keys of what was said last into the backup a while after this one could read it. */
const againAfterMs = [3_000, 10_000, 20_000, 60_000]

/** Tries again to read what was locked, once the backup of keys is open to this device. Returns what ends it. */
export function unlockHistory(client: MatrixClient): () => void {
  let timers: ReturnType<typeof setTimeout>[] = []
  const open = () => {
    stop()
    timers = againAfterMs.map((ms) => setTimeout(() => tryAgain(client), ms))
  }
  const stop = () => {
    for (const timer of timers) clearTimeout(timer)
  }
  client.on(CryptoEvent.KeyBackupDecryptionKeyCached, open)
  return () => {
    client.off(CryptoEvent.KeyBackupDecryptionKeyCached, open)
    stop()
  }
}

/** An attempt that fails asks the backup for the key, and succeeds by itself when it comes. */
function tryAgain(client: MatrixClient): void {
  const crypto = client.getCrypto()
  if (!crypto) return
  const locked = client
    .getRooms()
    .flatMap((room) => room.getLiveTimeline().getEvents())
    .filter((event) => event.isDecryptionFailure())
  for (const event of locked) void event.attemptDecryption(crypto as CryptoBackend, { isRetry: true })
}
