import { encryptAttachment } from 'matrix-encrypt-attachment'
import type { MatrixClient } from 'matrix-js-sdk'
import { sites } from './connection.ts'
import type { OutboxEntry, OutboxFile } from './outbox.ts'
import { noteSharedUpload } from './shared-uploads.ts'

/** Uploads a file and its thumbnail, encrypted where the chat is, and gives what its message has to say about them. */
export async function uploadFile(
  client: MatrixClient,
  file: OutboxFile,
  entry: OutboxEntry,
  onProgress: (share: number) => void,
): Promise<Record<string, unknown>> {
  if (file.shared !== undefined) return uploadShared(client, file.blob, file.shared, entry)
  const encrypted = client.getRoom(entry.roomId)?.hasEncryptionStateEvent() ?? false
  const place = encrypted ? placeEncrypted : placePlain
  const { thumbnail } = file
  const small = thumbnail && (await place(client, thumbnail.blob, undefined, () => {}))
  const large = await place(client, file.blob, file.name, onProgress)
  if (!thumbnail) return { ...large }
  const { blob, w, h } = thumbnail
  return {
    ...large,
    info: {
      ...(entry.content['info'] as Record<string, unknown> | undefined),
      thumbnail_info: { mimetype: blob.type, size: blob.size, w, h },
      ...(small?.file ? { thumbnail_file: small.file } : { thumbnail_url: small?.url }),
    },
  }
}

/** A sticker has an address and no key, also where the chat is encrypted, and is its own thumbnail. */
async function uploadShared(client: MatrixClient, blob: Blob, key: string, entry: OutboxEntry) {
  const url = await uploadPublic(client, blob)
  const info = entry.content['info'] as Record<string, unknown>
  const shared = { url, info: { ...info, thumbnail_url: url, thumbnail_info: info } }
  noteSharedUpload(client, key, shared)
  return shared
}

type Place = (
  client: MatrixClient,
  blob: Blob,
  name: string | undefined,
  onProgress: (share: number) => void,
) => Promise<{ url?: string; file?: object }>

const placePlain: Place = async (client, blob, name, onProgress) => ({
  url: await upload(client, blob, name, blob.type, onProgress),
})

const placeEncrypted: Place = async (client, blob, _name, onProgress) => {
  const { data, info } = await encryptAttachment(await blob.arrayBuffer())
  const url = await upload(client, new Blob([data]), undefined, 'application/octet-stream', onProgress)
  return { file: { ...info, url } }
}

/** Uploads what everybody may see, such as the picture of a person, and gives its address. */
export function uploadPublic(client: MatrixClient, blob: Blob): Promise<string> {
  return upload(client, blob, undefined, blob.type, () => {})
}

/** With XMLHttpRequest, because `fetch` does not tell how far an upload is. */
function upload(
  client: MatrixClient,
  blob: Blob,
  name: string | undefined,
  type: string,
  onProgress: (share: number) => void,
): Promise<string> {
  const address = new URL('/_matrix/media/v3/upload', sites.current())
  if (name !== undefined) address.searchParams.set('filename', name)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', address)
    request.setRequestHeader('Authorization', `Bearer ${client.getAccessToken()}`)
    request.setRequestHeader('Content-Type', type || 'application/octet-stream')
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
    request.onerror = () => reject(new TypeError('the upload broke off'))
    request.onload = () => {
      if (request.status !== 200)
        reject(Object.assign(new Error('not taken'), { httpStatus: request.status }))
      else resolve(JSON.parse(request.responseText).content_uri)
    }
    request.send(blob)
  })
}
