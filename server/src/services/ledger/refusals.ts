import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'ledger.request_malformed': { status: 400, message: 'This is not a request that a ledger understands.' },
  'ledger.id_reused': { status: 409, message: 'This id was used for another request.' },
  'ledger.amount_invalid': { status: 400, message: 'An amount is a whole number of minor units above zero.' },
  'ledger.amount_too_large': { status: 422, message: 'An amount or a balance would be 2^62 or more.' },
  'ledger.currency_unknown': { status: 400, message: 'There is no such currency in ISO 4217.' },
  'ledger.currency_mismatch': { status: 422, message: 'An account has another currency than the transfer.' },
  'ledger.account_repeated': { status: 400, message: 'An account cannot pay itself.' },
  'ledger.account_unknown': { status: 404, message: 'There is no such account.' },
  'ledger.account_exists': { status: 409, message: 'There is an account with this id already.' },
  'ledger.account_frozen': { status: 403, message: 'The account is frozen.' },
  'ledger.account_closed': { status: 403, message: 'The account is closed.' },
  'ledger.account_in_use': {
    status: 409,
    message: 'An account is closed when its balance is zero and nothing is held.',
  },
  'ledger.funds_insufficient': { status: 402, message: 'The account has too little money.' },
  'ledger.floor_too_high': { status: 409, message: 'The account is below this floor already.' },
  'ledger.hold_unknown': { status: 404, message: 'There is no such hold.' },
  'ledger.hold_exists': { status: 409, message: 'There is a hold with this id already.' },
  'ledger.hold_exceeded': { status: 409, message: 'The hold has less than that left.' },
  'ledger.hold_expired': { status: 409, message: 'The hold has expired.' },
  'ledger.stopped': {
    status: 503,
    message: 'The books are stopped for writing until an operator has looked at them.',
  },
})
