import type { MatrixClient, MatrixEvent } from 'matrix-js-sdk'
import { useEffect } from 'react'
import { useClient } from './client-context.ts'

/**
 * Asks for what is shown to be decrypted, the newest first. By itself the SDK does so only for what the person has not
 * read yet. Costs nothing for what is in the clear, decrypted, or has failed already.
 */
export function useDecryption(events: readonly (MatrixEvent | undefined)[]): void {
  const client = useClient()
  useEffect(() => void decryptAll(client, events), [client, events])
}

/** Resolves when each of the events can be read, or is known to be locked. */
export async function decryptAll(
  client: MatrixClient,
  events: readonly (MatrixEvent | undefined)[],
): Promise<void> {
  const asked = events.toReversed().map((event) => event && client.decryptEventIfNeeded(event))
  await Promise.allSettled(asked)
}
