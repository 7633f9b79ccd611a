import type { MatrixClient } from 'matrix-js-sdk'

/** Where this account has uploaded what it sends again and again, so that everybody loads it once. */
const accountData = 'org.dure.uploads'
type Upload = { url: string; info: Record<string, unknown> }

export function sharedUpload(client: MatrixClient, key: string): Upload | undefined {
  const known = uploads(client)[key] as Partial<Upload> | undefined
  return typeof known?.url === 'string' && typeof known.info === 'object' ? (known as Upload) : undefined
}

export async function noteSharedUpload(client: MatrixClient, key: string, upload: Upload): Promise<void> {
  const content = { uploads: { ...uploads(client), [key]: upload } }
  await client.setAccountData(accountData as never, content as never)
}

function uploads(client: MatrixClient): Record<string, unknown> {
  const { uploads: kept }: { uploads?: unknown } =
    client.getAccountData(accountData as never)?.getContent() ?? {}
  return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
}
