export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; address: string }

const pattern = /\bhttps?:\/\/[^\s<>"']+/giu

/** Parts a plain text into what is a web address and what is not. Punctuation that ends a sentence is no part of one. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    const address = trimEnd(match[0])
    if (!URL.canParse(address)) continue
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) })
    parts.push({ kind: 'link', text: address, address: new URL(address).href })
    from = match.index + address.length
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) })
  return parts
}

function trimEnd(found: string): string {
  let address = found.replace(/[.,;:!?…。、]+$/u, '')
  // A bracket belongs to the sentence unless it was opened within the address.
  while (address.endsWith(')') && !address.includes('(')) address = address.slice(0, -1)
  return address
}
