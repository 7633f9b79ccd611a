import type { MatrixClient } from 'matrix-js-sdk'

/** Where this account has uploaded what it sends again and again, so that everybody loads it once. */
const accountData = 'org.dure.uploads'
type Upload = { url: string; info: Record<string, unknown> }

/** What this page has uploaded, also before the account tells of it. */
const here = new Map<string, Upload>()

export function sharedUpload(client: MatrixClient, key: string): Upload | undefined {
  const known = here.get(key) ?? (uploads(client)[key] as Partial<Upload> | undefined)
  return typeof known?.url === 'string' && typeof known.info === 'object' ? (known as Upload) : undefined
}

/** Nothing waits for the account: where it was not told, the next device uploads once more. */
export function noteSharedUpload(client: MatrixClient, key: string, upload: Upload): void {
  here.set(key, upload)
  const content = { uploads: { ...uploads(client), ...Object.fromEntries(here) } }
  client.setAccountDataRaw(accountData as never, content as never).catch(() => undefined)
}

function uploads(client: MatrixClient): Record<string, unknown> {
  const { uploads: kept }: { uploads?: unknown } =
    client.getAccountData(accountData as never)?.getContent() ?? {}
  return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
}
