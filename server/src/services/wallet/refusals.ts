import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'wallet.request_malformed': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not a request that a wallet understands.',
  },
  'wallet.amount_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'An amount is a whole number of minor units above zero, as text.',
  },
  'wallet.currency_unsupported': {
    status: 422,
    errcode: 'M_INVALID_PARAM',
    message: 'There are no wallets in this currency here.',
  },
  'wallet.currency_mismatch': {
    status: 422,
    errcode: 'M_INVALID_PARAM',
    message: 'The payee is paid in another currency.',
  },
  'wallet.id_reused': { status: 409, message: 'This id was used for another request.' },
  'wallet.funds_insufficient': {
    status: 402,
    errcode: 'M_FORBIDDEN',
    message: 'There is too little money in the wallet.',
  },
  'wallet.limit_exceeded': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This is more than the limits of the wallet allow.',
  },
  'wallet.frozen': { status: 403, errcode: 'M_FORBIDDEN', message: 'The wallet is frozen.' },
  'wallet.in_debt': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'The bank has taken money back that was spent; the wallet pays again when that is made up for.',
  },
  'wallet.activity_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such activity in this wallet.',
  },
  'wallet.person_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is nobody of that name here who can be paid.',
  },
  'wallet.remittance_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such money on its way.',
  },
  'wallet.remittance_gone': {
    status: 409,
    message: 'It is too late: this money has arrived, or has gone back.',
  },
  'wallet.code_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'This is no code of ours.' },
  'wallet.code_expired': { status: 409, message: 'The code has expired; a new one has to be shown.' },
  'wallet.code_used': { status: 409, message: 'The code has been used; a new one has to be shown.' },
  'wallet.offline_key_malformed': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not a P-256 public key in SPKI form with its own id.',
  },
  'wallet.offline_keys_too_many': {
    status: 409,
    errcode: 'M_LIMIT_EXCEEDED',
    message: 'Five phones of a person can show codes without a connection; end one of them first.',
  },
  'wallet.ask_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'Nobody has asked you for this.' },
  'wallet.ask_settled': {
    status: 409,
    message: 'This has been paid, is being paid, or is no longer asked for.',
  },
  'wallet.order_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such order.' },
  'wallet.payee_unable': {
    status: 409,
    errcode: 'M_FORBIDDEN',
    message: 'The payee cannot be paid at present.',
  },
  'wallet.payer_unable': {
    status: 409,
    errcode: 'M_FORBIDDEN',
    message: 'The account that should pay cannot pay this.',
  },
  'wallet.self_payment': { status: 400, errcode: 'M_INVALID_PARAM', message: 'A wallet cannot pay itself.' },
  'wallet.authorization_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such authorization.',
  },
  'wallet.authorization_exceeded': { status: 409, message: 'The authorization has less than that left.' },
  'wallet.authorization_expired': { status: 409, message: 'The authorization has expired.' },
})

/** Whether a text is the code of one of these refusals. */
export function isWalletRefusal(code: string | null): code is keyof typeof refuse.table {
  return code !== null && Object.hasOwn(refuse.table, code)
}
