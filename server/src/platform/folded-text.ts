/**
 * Text as it is compared when people search: without case, width and diacritics, so that "xin chao" finds "Xin chào". Hangul
 * stays in whole syllables. Zero bytes, which PostgreSQL's text cannot hold, are left out.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replaceAll('\0', '')
}
