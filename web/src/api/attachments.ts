import type { OutboxFile, Thumbnail } from './outbox.ts'

/** A file that a person chose, with what its message says about it. */
export type Attachment = { content: Record<string, unknown>; file: OutboxFile }

/** Photos larger than this are made smaller, as messengers do: nobody sees the difference on a screen. */
const edgeMost = 2048
const thumbnailEdgeMost = 640

export async function attachmentOf(file: File): Promise<Attachment> {
  const common = { body: file.name, filename: file.name }
  const type = file.type.split('/', 1)[0]
  if (type === 'image' && file.type !== 'image/svg+xml') {
    const picture = await smaller(file).catch(() => undefined)
    if (picture)
      return {
        content: { msgtype: 'm.image', ...common, info: picture.info },
        file: { blob: picture.blob, name: file.name },
      }
  }
  const info = { mimetype: file.type || 'application/octet-stream', size: file.size }
  if (type === 'video') {
    const { size, thumbnail } = await lookInto(file).catch(() => ({ size: {}, thumbnail: undefined }))
    return {
      content: { msgtype: 'm.video', ...common, info: { ...info, ...size } },
      file: { blob: file, name: file.name, ...(thumbnail && { thumbnail }) },
    }
  }
  const msgtype = type === 'audio' ? 'm.audio' : 'm.file'
  return { content: { msgtype, ...common, info }, file: { blob: file, name: file.name } }
}

async function smaller(file: File) {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, edgeMost / Math.max(bitmap.width, bitmap.height))
  const w = Math.round(bitmap.width * scale)
  const h = Math.round(bitmap.height * scale)
  // What moves, and what is small already, goes as it is.
  const keep = file.type === 'image/gif' || (scale === 1 && file.size < 1_500_000)
  const blob = keep ? file : await drawn(bitmap, w, h)
  bitmap.close()
  return { blob, info: { mimetype: blob.type, size: blob.size, w, h } }
}

async function drawn(bitmap: ImageBitmap | HTMLVideoElement, width: number, height: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  context.drawImage(bitmap, 0, 0, width, height)
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.86 })
}

/** The size and length of a video, and its first picture to show before anybody plays it. */
async function lookInto(file: File): Promise<{ size: Record<string, number>; thumbnail: Thumbnail }> {
  const video = document.createElement('video')
  video.preload = 'auto'
  video.muted = true
  try {
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve
      video.onerror = () => reject(new Error('not a video that this browser knows'))
      video.src = URL.createObjectURL(file)
    })
    const { videoWidth: w, videoHeight: h, duration } = video
    const scale = Math.min(1, thumbnailEdgeMost / Math.max(w, h))
    const small = { w: Math.round(w * scale), h: Math.round(h * scale) }
    return {
      // What a browser has recorded does not always say how long it is.
      size: { w, h, ...(Number.isFinite(duration) && { duration: Math.round(duration * 1000) }) },
      thumbnail: { blob: await drawn(video, small.w, small.h), ...small },
    }
  } finally {
    URL.revokeObjectURL(video.src)
  }
}
