export const push = {
  'push.message': '새 메시지',
  'push.invitation': '채팅에 초대받았어요',
  'push.closed': 'Dure를 닫아 두었을 때',
  'push.closedText': '이 기기로 알림을 받아요. 암호화된 내용은 알림에 나오지 않아요.',
  'push.denied': '브라우저에서 허용하지 않았어요. 브라우저 설정에서 바꿀 수 있어요.',
  'push.failed': '브라우저가 푸시 서비스에 연결하지 못했어요. 나중에 다시 시도해 주세요.',
}
