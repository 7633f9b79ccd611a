import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'presence.typing_foreign': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You can say only of yourself that you are typing.',
  },
  'presence.status_foreign': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You can set only your own presence.',
  },
  'presence.not_shared': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You are not allowed to see their presence.',
  },
})
