export const more = {
  'more.language': '언어',
  'more.theme': '화면 모드',
  'more.system': '기기 설정',
  'more.light': '밝게',
  'more.dark': '어둡게',
}
