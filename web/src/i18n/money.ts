import type { Language } from './text.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** An amount in minor units, such as 4500 in KRW, as people write it: ₩4,500. */
export function formatMoney(amount: string, currency: string, language: Language): string {
  return formatOf(currency, language).format(decimalOf(amount, currency) as Intl.StringNumericLiteral)
}

/** As `formatMoney`, with a plus for what came in. */
export function formatChange(amount: string, currency: string, language: Language): string {
  const shown = formatMoney(amount, currency, language)
  return amount.startsWith('-') ? shown : `+${shown}`
}

/** The minor units that somebody has typed, or undefined where it is no amount above zero in this currency. */
export function parseMoney(typed: string, currency: string): string | undefined {
  const digits = digitsOf(currency)
  const [, whole = '', part = ''] = /^(\d{1,15})(?:[.](\d*))?$/.exec(typed.replaceAll(/[\s,]/g, '')) ?? []
  if (whole === '' || part.length > digits) return undefined
  const amount = `${whole}${part.padEnd(digits, '0')}`.replace(/^0+/, '')
  return amount === '' ? undefined : amount
}

/** Shares of a sum that differ by at most one minor unit and add up to it: the first ones are the larger. */
export function shareOut(amount: string, count: number): string[] {
  const [total, people] = [BigInt(amount), BigInt(count)]
  const [each, rest] = [total / people, total % people]
  return Array.from({ length: count }, (_, index) => String(each + (BigInt(index) < rest ? 1n : 0n)))
}

function digitsOf(currency: string): number {
  return formatOf(currency, 'en').resolvedOptions().maximumFractionDigits ?? 0
}

/** An amount in minor units as a plain number, such as 12.50, as a field shows it. */
export function decimalOf(amount: string, currency: string): string {
  const digits = digitsOf(currency)
  if (digits === 0) return amount
  const sign = amount.startsWith('-') ? '-' : ''
  const whole = amount.slice(sign.length).padStart(digits + 1, '0')
  return `${sign}${whole.slice(0, -digits)}.${whole.slice(-digits)}`
}

function formatOf(currency: string, language: Language): Intl.NumberFormat {
  const key = `${language} ${currency}`
  const made =
    formats.get(key) ??
    new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
  formats.set(key, made)
  return made
}
