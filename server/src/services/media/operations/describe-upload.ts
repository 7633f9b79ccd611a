import type { UploadDescription } from '../api.ts'
import { refuse } from '../refusals.ts'

const token = "[A-Za-z0-9!#$%&'*+.^_`|~-]+"
const mediaType = new RegExp(
  `^${token}/${token}(?:[ \\t]*;[ \\t]*(?:${token}=(?:${token}|"[ !#-\\[\\]-~]*"))?)*$`,
)
const contentTypeLengthMax = 255
const fileNameBytesMax = 1000

/**
 * The Content-Type to remember: what the client sent when it is a media type, else `application/octet-stream`.
 * https://www.rfc-editor.org/rfc/rfc9110#name-media-type
 */
export function storedContentType(sent: UploadDescription['contentType']): string {
  const trimmed = sent?.trim() ?? ''
  return trimmed.length <= contentTypeLengthMax && mediaType.test(trimmed)
    ? trimmed
    : 'application/octet-stream'
}

/** The file name to remember, kept exactly. Throws `media.file_name_invalid` for one that no header could carry safely. */
export function storedFileName(sent: UploadDescription['fileName']): string | undefined {
  if (sent === undefined || sent === '') return undefined
  // Half a surrogate pair has no encoding, and control characters have no business in a name.
  if (Buffer.byteLength(sent) > fileNameBytesMax || !sent.isWellFormed() || /\p{Cc}/u.test(sent))
    throw refuse('media.file_name_invalid')
  return sent
}
