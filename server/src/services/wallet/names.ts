import { hash } from 'node:crypto'

/** Of all that this service asks of the ledger. */
export const scope = 'wallet'

/** The ledger's name of a person's account. The ledger's names have at most 255 characters, and so have user ids. */
export function personAccount(userId: string, currency: string): string {
  return `wallet:${currency}:${shortened(userId)}`
}

/** The ledger's name of the account that says what a person owes. */
export function debtAccount(userId: string, currency: string): string {
  return `wallet-debt:${currency}:${shortened(userId)}`
}

function shortened(userId: string): string {
  return userId.length <= 150 ? userId : `sha256-${hash('sha256', userId, 'base64url')}`
}
