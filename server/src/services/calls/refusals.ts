import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'calls.no_turn_server': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'This server has no TURN server.',
  },
})
