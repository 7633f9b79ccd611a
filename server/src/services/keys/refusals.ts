import { defineRefusals } from '../../platform/refusal.ts'

const invalid = { status: 400, errcode: 'M_INVALID_PARAM' }
const notFound = { status: 404, errcode: 'M_NOT_FOUND' }
const tooLarge = { status: 413, errcode: 'M_TOO_LARGE' }

export const refuse = defineRefusals({
  'keys.device_missing': { status: 403, errcode: 'M_FORBIDDEN', message: 'Only a device can have keys.' },
  'keys.device_mismatch': {
    status: 400,
    errcode: 'M_BAD_JSON',
    message: 'The keys are not those of the calling user and device.',
  },
  'keys.public_key_taken': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'A device id and the public key of a cross-signing key are the same.',
  },
  'keys.signature_invalid': {
    status: 400,
    errcode: 'M_INVALID_SIGNATURE',
    message: 'A signature is missing or invalid.',
  },
  'keys.key_invalid': { ...invalid, message: 'A key is not of the required form.' },
  // Clients recognise this case by its text; there is no code for it.
  'keys.one_time_key_exists': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'A one-time key with this id already exists.',
  },
  'keys.too_large': { ...tooLarge, message: 'A key is too large.' },
  'keys.one_time_keys_too_many': { ...tooLarge, message: 'The device has too many one-time keys.' },
  'keys.master_key_missing': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'No master signing key is available.',
  },
  'keys.token_invalid': { ...invalid, message: 'This is not a token of /sync.' },
  'keys.backup_unknown': { ...notFound, message: 'Unknown backup version' },
  'keys.backup_key_unknown': { ...notFound, message: 'Key not found.' },
  'keys.backup_version_wrong': {
    status: 403,
    errcode: 'M_WRONG_ROOM_KEYS_VERSION',
    message: 'Wrong backup version.',
  },
  'keys.backup_invalid': { ...invalid, message: 'The backup is not of the required form.' },
  'keys.backup_full': { ...tooLarge, message: 'The backup is full.' },
  'keys.backups_too_many': {
    ...tooLarge,
    message: 'There are too many backups; delete old versions first.',
  },
})
