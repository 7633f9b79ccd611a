export const push = {
  'push.message': 'Tin nhắn mới',
  'push.invitation': 'Bạn được mời vào cuộc trò chuyện',
  'push.closed': 'Khi Dure đã đóng',
  'push.closedText': 'Thông báo đến thiết bị này. Nội dung mã hóa không hiện trong đó.',
  'push.denied': 'Trình duyệt không cho phép. Bạn có thể đổi trong cài đặt của nó.',
  'push.failed': 'Trình duyệt không kết nối được dịch vụ đẩy. Hãy thử lại sau.',
}
