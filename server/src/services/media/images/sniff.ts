/** Formats that thumbnails are made of. Nothing else ever reaches a decoder, whatever its Content-Type says. */
export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif'

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** The format that a file's first bytes show; undefined for anything else. */
export function sniffImage(head: Buffer): ImageType | undefined {
  if (head.subarray(0, 8).equals(pngSignature)) return 'image/png'
  if (head.length > 3 && head.readUIntBE(0, 3) === 0xffd8ff) return 'image/jpeg'
  const text = (start: number, end: number) => head.toString('latin1', start, end)
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'image/gif'
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp'
  if (text(4, 8) === 'ftyp' && /^(?:avif|avis)$/.test(text(8, 12))) return 'image/avif'
  return undefined
}

/** True for an APNG: a PNG with an animation control chunk before its image data. https://www.w3.org/TR/png-3/#acTL-chunk */
export function isAnimatedPng(file: Buffer): boolean {
  for (let at = pngSignature.length; at + 8 <= file.length; ) {
    const type = file.toString('latin1', at + 4, at + 8)
    if (type === 'acTL') return true
    if (type === 'IDAT') return false
    at += 12 + file.readUInt32BE(at)
  }
  return false
}
