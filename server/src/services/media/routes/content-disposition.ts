/**
 * Types that browsers show without running anything.
 * https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content
 */
const inlineTypes = new Set([
  'text/css',
  'text/plain',
  'text/csv',
  'application/json',
  'application/ld+json',
  'image/jpeg',
  'image/gif',
  'image/png',
  'image/apng',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mp4',
  'audio/webm',
  'audio/aac',
  'audio/mpeg',
  'audio/ogg',
  'audio/wave',
  'audio/wav',
  'audio/x-wav',
  'audio/x-pn-wav',
  'audio/flac',
  'audio/x-flac',
])

/**
 * The Content-Disposition header of a file: `inline` only for types that cannot do harm, and the file name in the form
 * of RFC 6266. Whatever the name holds, the header is printable ASCII on one line.
 */
export function contentDisposition(contentType: string, fileName: string | undefined): string {
  const [essence = ''] = contentType.split(';', 1)
  const disposition = inlineTypes.has(essence.trim().toLowerCase()) ? 'inline' : 'attachment'
  if (fileName === undefined) return disposition
  // A simple name needs no second form; readers of `filename*` prefer it, and only old ones read the first.
  if (/^[A-Za-z0-9 !#$&'()+,.;=@[\]^_`{}~-]*$/.test(fileName)) return `${disposition}; filename="${fileName}"`
  const plain = fileName.replace(/[^ !#$&-.0-[\]-~]/gu, '_')
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${extendedValue(fileName)}`
}

/** https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function extendedValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
