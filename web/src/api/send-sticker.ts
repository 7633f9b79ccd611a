import type { MatrixClient } from 'matrix-js-sdk'
import { outbox } from './device-outbox.ts'
import { sharedUpload } from './shared-uploads.ts'
import type { PackSticker } from './sticker-packs.ts'

type Where = { roomId: string; threadId?: string }
/** What a sticker relates to, such as the message it answers. */
type Relation = Record<string, unknown>

/** Pictures have twice as many pixels as they are shown with. https://spec.matrix.org/v1.19/client-server-api/#sticker-messages */
const edge = 512
const shown = { w: edge / 2, h: edge / 2 }

/** A sticker of a pack goes as the pack has it. */
export async function sendPackSticker(where: Where, sticker: PackSticker, relation: Relation): Promise<void> {
  const { body, url, info } = sticker
  await outbox.add({ ...where, type: 'm.sticker', content: { body, url, info, ...relation } })
}

/**
 * A sticker that comes with the app: a drawing, which becomes a picture, because other clients show no drawings. It is uploaded once
 * per account.
 */
export async function sendOwnSticker(
  client: MatrixClient,
  where: Where,
  sticker: { key: string; body: string; address: string },
  relation: Relation,
): Promise<void> {
  const { key, body, address } = sticker
  const known = sharedUpload(client, key)
  if (known) {
    await sendPackSticker(where, { key, body, ...known }, relation)
    return
  }
  const blob = await pictureOf(address)
  const info = { ...shown, mimetype: blob.type, size: blob.size }
  const file = { blob, name: `${key}.webp`, shared: key }
  await outbox.add({ ...where, type: 'm.sticker', content: { body, info, ...relation }, file })
}

async function pictureOf(address: string): Promise<Blob> {
  const image = new Image()
  image.src = address
  await image.decode()
  const canvas = new OffscreenCanvas(edge, edge)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(image, 0, 0, edge, edge)
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.92 })
}
