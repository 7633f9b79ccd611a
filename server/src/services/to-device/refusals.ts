import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'to_device.message_too_large': {
    status: 413,
    errcode: 'M_TOO_LARGE',
    message: 'A message is too large to be kept for a device.',
  },
})
