/**
 * A name as strangers see it, to tell that it is the right person without telling the name: of each word the first letter, and
 * of longer ones the last, as in `홍*동` and `A*n S***h`.
 */
export function maskName(name: string): string {
  return name.split(/\s+/).filter(Boolean).slice(0, 5).map(maskWord).join(' ')
}

function maskWord(word: string): string {
  const letters = [...new Intl.Segmenter().segment(word)].map(({ segment }) => segment)
  const [first = '', ...rest] = letters
  if (rest.length === 0) return '*'
  const last = rest.length > 1 ? (rest.at(-1) ?? '') : ''
  // The number of stars says nothing about long names.
  const hidden = Math.min(Math.max(letters.length - 2, 1), 4)
  return `${first}${'*'.repeat(hidden)}${last}`
}
