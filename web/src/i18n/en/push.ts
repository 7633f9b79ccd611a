export const push = {
  'push.message': 'New message',
  'push.invitation': 'You are invited to a chat',
  'push.closed': 'While Dure is closed',
  'push.closedText': 'Notifications come to this device. What is encrypted is not shown in them.',
  'push.denied': 'Your browser does not allow it. You can change that in its settings.',
  'push.failed': 'Your browser did not reach its push service. Please try again later.',
}
