import type { MoneyMessage } from '../../../server/src/services/wallet/wire.ts'

export type MoneyPointer = MoneyMessage['org.dure.money']

/** What a message of money points to; undefined where it is none that we understand. Anybody may have written it. */
export function readMoney(content: Record<string, unknown>): MoneyPointer | undefined {
  const told = content['org.dure.money']
  if (typeof told !== 'object' || told === null) return undefined
  const { kind, currency, ...rest } = told as Record<string, unknown>
  const texts = (...names: string[]) => names.every((name) => typeof rest[name] === 'string')
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return undefined
  const known =
    (kind === 'sent' && texts('reference', 'amount')) ||
    (kind === 'link' && texts('reference', 'link_secret', 'amount')) ||
    ((kind === 'asked' || kind === 'split') && texts('asker', 'id', 'total'))
  return known ? (told as MoneyPointer) : undefined
}
