import { ClientEvent, type MatrixClient } from 'matrix-js-sdk'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

/** Whether calls go through the server's relay alone, so that nobody learns the person's address on the network. */
const accountData = 'org.dure.calls'
const events = [ClientEvent.AccountData] as const

/** `undefined` where the server has no relay. */
export function useRelayOnly(): boolean | undefined {
  const client = useClient()
  useChanges(client, events)
  return client.getTurnServers().length === 0 ? undefined : isRelayOnly(client)
}

export async function saveRelayOnly(client: MatrixClient, relayOnly: boolean): Promise<void> {
  await client.setAccountData(accountData as never, { relay_only: relayOnly } as never)
}

/** Lets every call from now on heed the wish, also when it changes on another device. Returns what ends it. */
export function heedRelayOnly(client: MatrixClient): () => void {
  const apply = () => client.setForceTURN(isRelayOnly(client))
  apply()
  client.on(ClientEvent.AccountData, apply)
  return () => client.off(ClientEvent.AccountData, apply)
}

function isRelayOnly(client: MatrixClient): boolean {
  const content: Record<string, unknown> = client.getAccountData(accountData as never)?.getContent() ?? {}
  return content['relay_only'] === true
}
