const hues = 8

/** One of eight quiet colours, always the same for the same person or chat. */
export function avatarHue(id: string): number {
  let sum = 0
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return sum % hues
}

/** What stands in for a picture: the first letter as a reader sees it, whatever the script. */
export function avatarLetter(name: string): string {
  const bare = name.replace(/^[@#!]/, '').trim()
  const [first] = new Intl.Segmenter().segment(bare)
  return first?.segment.toLocaleUpperCase() ?? ''
}
