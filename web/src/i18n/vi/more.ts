export const more = {
  'more.language': 'Ngôn ngữ',
  'more.theme': 'Giao diện',
  'more.system': 'Theo thiết bị',
  'more.light': 'Sáng',
  'more.dark': 'Tối',
}
