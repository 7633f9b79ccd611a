import { decryptAttachment, type IEncryptedFile } from 'matrix-encrypt-attachment'
import type { MatrixClient } from 'matrix-js-sdk'
import { sites } from './connection.ts'

/** Where a picture, a sound, a file is: as it is uploaded, or encrypted with the key beside it. */
export type MediaSource = { url: string; file?: IEncryptedFile; type?: string; edge?: number }

const keptMost = 300
const kept = new Map<string, Promise<string>>()

/**
 * Gives an address (a blob of this page) at which the browser can show it. The most recent ones are kept. `edge` asks
 * for a thumbnail of that many pixels, which the server can make of what is not encrypted.
 */
export function loadMedia(client: MatrixClient, source: MediaSource): Promise<string> {
  const key = `${source.url} ${source.file ? '' : (source.edge ?? '')}`
  const found = kept.get(key)
  if (found) {
    kept.delete(key)
    kept.set(key, found)
    return found
  }
  const loading = download(client, source).then((blob) => URL.createObjectURL(blob))
  kept.set(key, loading)
  loading.catch(() => kept.delete(key))
  for (const [oldest, address] of kept) {
    if (kept.size <= keptMost) break
    kept.delete(oldest)
    address.then(URL.revokeObjectURL, () => {})
  }
  return loading
}

/** The very bytes, decrypted. */
export async function download(client: MatrixClient, source: MediaSource): Promise<Blob> {
  const { url, file, edge, type } = source
  const size = file ? undefined : edge
  const address = client.mxcUrlToHttp(url, size, size, size ? 'scale' : undefined, false, true, true)
  if (address === null) throw new Error('not an address of media')
  const answer = await sites.fetch(address, {
    headers: { authorization: `Bearer ${client.getAccessToken()}` },
  })
  if (!answer.ok) throw new Error(`media answered ${answer.status}`)
  if (!file) return answer.blob()
  const plain = await decryptAttachment(await answer.arrayBuffer(), file)
  return new Blob([plain], { type: safeType(type) })
}

/** A blob of ours is of our origin: what could run there is only ever offered as a download. */
function safeType(type = ''): string {
  return /^(image\/(?!svg)|audio\/|video\/)/.test(type) ? type : 'application/octet-stream'
}
