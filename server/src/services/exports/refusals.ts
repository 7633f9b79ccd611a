import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'exports.busy': {
    status: 429,
    errcode: 'M_LIMIT_EXCEEDED',
    message: 'This node makes as many exports as it can; ask again in a while.',
  },
})
