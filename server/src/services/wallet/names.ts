import { hash } from 'node:crypto'

/** Of all that this service asks of the ledger. */
export const scope = 'wallet'

/** The ledger's name of a person's account. The ledger's names have at most 255 characters, and so have user ids. */
export function personAccount(userId: string, currency: string): string {
  const name = userId.length <= 200 ? userId : `sha256-${hash('sha256', userId, 'base64url')}`
  return `wallet:${currency}:${name}`
}
