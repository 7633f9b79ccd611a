import { Refusal } from '../../../platform/refusal.ts'
import type { Ledger } from '../../ledger/api.ts'
import { refuse } from '../refusals.ts'

/** What the ledger's noes mean where a person's wallet pays or is paid. */
const meanings = {
  'ledger.funds_insufficient': 'wallet.funds_insufficient',
  'ledger.hold_unknown': 'wallet.authorization_unknown',
  'ledger.hold_exceeded': 'wallet.authorization_exceeded',
  'ledger.hold_expired': 'wallet.authorization_expired',
  'ledger.currency_mismatch': 'wallet.currency_mismatch',
  'ledger.account_repeated': 'wallet.self_payment',
  'ledger.account_unknown': 'wallet.payee_unable',
  'ledger.account_closed': 'wallet.payee_unable',
  'ledger.amount_too_large': 'wallet.payee_unable',
} as const

/** Does what the ledger is asked to do, and says no in the words of a wallet. `payer` gives the account of who pays. */
export async function inWalletWords<T>(
  ledger: Ledger,
  payer: () => Promise<string> | string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'ledger.id_reused') throw refuse('wallet.id_reused', error.message)
    if (error.code === 'ledger.account_frozen') {
      const { frozen } = await ledger.account(await payer())
      throw refuse(frozen === 'no' ? 'wallet.payee_unable' : 'wallet.frozen')
    }
    throw isKnown(error.code) ? refuse(meanings[error.code]) : error
  }
}

/** As `inWalletWords`, where a person is paid by an account of a client: whatever is wrong with it is for the client to know. */
export async function inClientWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'ledger.id_reused') throw refuse('wallet.id_reused', error.message)
    if (error.code === 'ledger.currency_mismatch') throw refuse('wallet.currency_mismatch')
    throw payerFaults.has(error.code) ? refuse('wallet.payer_unable', error.message) : error
  }
}

const payerFaults: ReadonlySet<string> = new Set([
  'ledger.funds_insufficient',
  'ledger.account_frozen',
  'ledger.account_unknown',
  'ledger.account_closed',
  'ledger.account_repeated',
  'ledger.amount_too_large',
])

function isKnown(code: string): code is keyof typeof meanings {
  return Object.hasOwn(meanings, code)
}
