import { en } from '../../i18n/en.ts'
import type { Text } from '../../i18n/text.ts'

const originals = en['security.emoji'].toLowerCase().split(', ')

/** The name of an emoji of the comparison in the person's language, from its English one. */
export function emojiName(english: string, text: Text): string {
  return text('security.emoji').split(', ')[originals.indexOf(english.toLowerCase())] ?? english
}
