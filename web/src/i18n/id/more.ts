export const more = {
  'more.language': 'Bahasa',
  'more.theme': 'Tampilan',
  'more.system': 'Ikuti perangkat',
  'more.light': 'Terang',
  'more.dark': 'Gelap',
}
