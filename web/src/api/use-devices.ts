import type { MatrixClient } from 'matrix-js-sdk'
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js'
import { useEffect, useState } from 'react'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

/** A device that is signed in. */
export type SignedInDevice = {
  id: string
  name: string
  /** Unix milliseconds. */
  seenAt: number | undefined
  address: string | undefined
  own: boolean
  confirmed: boolean
}

const events = [CryptoEvent.DevicesUpdated, CryptoEvent.UserTrustStatusChanged] as const

/** The person's devices, this one first, then those seen last; `undefined` until the server has answered. */
export function useDevices(): { devices: readonly SignedInDevice[] | undefined; reload: () => void } {
  const client = useClient()
  const version = useChanges(client, events)
  const [asked, setAsked] = useState(0)
  const [devices, setDevices] = useState<readonly SignedInDevice[]>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: both tell that there may be news.
  useEffect(() => {
    let gone = false
    read(client).then(
      (found) => !gone && setDevices(found),
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [client, version, asked])
  return { devices, reload: () => setAsked(asked + 1) }
}

async function read(client: MatrixClient): Promise<SignedInDevice[]> {
  const me = client.getSafeUserId()
  const { devices } = await client.getDevices()
  const found = await Promise.all(
    devices.map(
      async ({ device_id: id, display_name: name, last_seen_ts: seenAt, last_seen_ip: address }) => {
        const status = await client.getCrypto()?.getDeviceVerificationStatus(me, id)
        return {
          id,
          name: name || id,
          seenAt: seenAt ?? undefined,
          address: address ?? undefined,
          own: id === client.getDeviceId(),
          confirmed: status?.signedByOwner ?? false,
        }
      },
    ),
  )
  return found.sort((a, b) => Number(b.own) - Number(a.own) || (b.seenAt ?? 0) - (a.seenAt ?? 0))
}
