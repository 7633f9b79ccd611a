import { linkify } from './linkify.ts'

/** Plain text whose web addresses can be followed. */
export function Linked({ text }: { text: string }) {
  return linkify(text).map((part, index) =>
    part.kind === 'text' ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes in itself.
      <a key={index} href={part.address} target="_blank" rel="noreferrer noopener">
        {part.text}
      </a>
    ),
  )
}
