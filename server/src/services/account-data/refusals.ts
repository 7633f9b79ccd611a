import { defineRefusals } from '../../platform/refusal.ts'

/** Everything that account data says no to. */
export const refuse = defineRefusals({
  'account_data.foreign': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Account data can be seen and changed by its owner only.',
  },
  'account_data.unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no account data of this type.',
  },
  'account_data.managed': {
    status: 405,
    errcode: 'M_BAD_JSON',
    message: 'The server keeps this type itself; it has its own endpoints.',
  },
  'account_data.room_id_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not a room id.',
  },
  'account_data.too_large': { status: 413, errcode: 'M_TOO_LARGE', message: 'The content is too large.' },
  'account_data.tag_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The name of a tag has 1 to 255 bytes.',
  },
})
