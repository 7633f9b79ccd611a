import { AddressLink } from './address-link.tsx'
import { linkify } from './linkify.ts'

/** Plain text whose web addresses can be followed. */
export function Linked({ text }: { text: string }) {
  return linkify(text).map((part, index) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes in itself.
      <AddressLink key={index} address={part.address}>
        {part.text}
      </AddressLink>
    ),
  )
}
