import { ClientEvent, type MatrixClient } from 'matrix-js-sdk'
import { useEffect } from 'react'
import { useClient } from './client-context.ts'
import { keep } from './database.ts'
import { useChanges } from './use-changes.ts'

/**
 * When notifications make no sound: until a time, in Unix milliseconds, and each day between two times of the day,
 * in minutes from midnight where the device is. All devices of a person follow the same.
 */
export type QuietTime = { until?: number; daily?: { from: number; to: number } }

/** Push rules know nothing of time: the wish is kept in the account, and each device's service worker heeds it. */
const accountData = 'org.dure.quiet_time'
const events = [ClientEvent.AccountData] as const

export function useQuietTime(): QuietTime {
  const client = useClient()
  useChanges(client, events)
  return read(client)
}

export async function saveQuietTime(client: MatrixClient, quiet: QuietTime): Promise<void> {
  await client.setAccountData(accountData as never, quiet as never)
}

/** Tells the service worker, which cannot ask the account, what is wished. To be used once. */
export function useTellQuietTime(): void {
  const quiet = JSON.stringify(useQuietTime())
  useEffect(() => void keep('kept', 'quiet-time', JSON.parse(quiet)), [quiet])
}

function read(client: MatrixClient): QuietTime {
  const content: Record<string, unknown> = client.getAccountData(accountData as never)?.getContent() ?? {}
  const { until, daily } = content as { until?: unknown; daily?: { from?: unknown; to?: unknown } }
  return {
    ...(typeof until === 'number' && { until }),
    ...(typeof daily?.from === 'number' &&
      typeof daily.to === 'number' && { daily: { from: daily.from, to: daily.to } }),
  }
}
