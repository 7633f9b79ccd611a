export const more = {
  'more.language': 'Language',
  'more.theme': 'Appearance',
  'more.system': 'As the device',
  'more.light': 'Light',
  'more.dark': 'Dark',
}
