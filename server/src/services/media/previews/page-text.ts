import { TextDecoder } from 'node:util'
import { Parser } from 'htmlparser2'

/** How far into a page its encoding may be declared. https://html.spec.whatwg.org/#concept-encoding-confidence */
const declaredWithinBytes = 1024

/**
 * A page's bytes as text: by its byte order mark, the HTTP header, its own `meta`, and where nothing of these names a known encoding,
 * as UTF-8 if it is that, else as Windows-1252. https://html.spec.whatwg.org/#determining-the-character-encoding
 */
export function pageText(bytes: Buffer, contentType: string): string {
  const marked = markedEncoding(bytes)
  const named = marked ?? decoderOf(charsetIn(contentType)) ?? decoderOf(declaredCharset(bytes))
  if (named) return named.decode(bytes)
  // A page that was cut in the midst of a character is UTF-8 all the same.
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes)
}

function markedEncoding(bytes: Buffer): TextDecoder | undefined {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return new TextDecoder('utf-8')
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be')
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le')
  return undefined
}

function decoderOf(label: string | undefined): TextDecoder | undefined {
  if (label === undefined) return undefined
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

function charsetIn(contentType: string): string | undefined {
  return /charset\s*=\s*["']?\s*([^\s"';,]{1,40})/i.exec(contentType)?.[1]
}

/** A `meta` that could be read at all is in no encoding of two bytes, whatever it says. */
function declaredCharset(bytes: Buffer): string | undefined {
  let declared: string | undefined
  const parser = new Parser({
    onopentag(name, { charset, content, 'http-equiv': equivalent }) {
      if (name !== 'meta') return
      declared ??= charset?.trim()
      if (equivalent?.toLowerCase() === 'content-type') declared ??= charsetIn(content ?? '')
    },
  })
  parser.end(bytes.toString('latin1', 0, declaredWithinBytes))
  return declared !== undefined && /^utf-?16/i.test(declared) ? 'utf-8' : declared
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
