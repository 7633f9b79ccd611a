import { exponentOf } from '../../../platform/money/currencies.ts'
import type { Refusal } from '../../../platform/refusal.ts'
import type { Metadata } from '../documents.ts'
import { refuse } from '../refusals.ts'
import type { Form, FormValue } from './form.ts'

/** Reads one parameter: its value, and its name as it is told to the caller. */
export type Field<Value> = (value: FormValue | undefined, name: string) => Value
type Fields = Record<string, Field<unknown>>
export type Read<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer Value> ? Value : never }

/** Amounts stay below 10^12. Stripe takes at most twelve digits too. */
export const amountMax = 999_999_999_999
const metadataMax = 50

/** All parameters of a request; one that nobody reads is refused by name, rather than left without effect. */
export function readFields<F extends Fields>(form: Form, fields: F, prefix = ''): Read<F> {
  for (const name of Object.keys(form))
    if (!Object.hasOwn(fields, name))
      throw wrong(
        'checkout.parameter_unknown',
        inside(prefix, name),
        `Received unknown parameter: ${inside(prefix, name)}`,
      )
  return Object.fromEntries(
    Object.entries(fields).map(([name, read]) => [name, read(form[name], inside(prefix, name))]),
  ) as Read<F>
}

export function required<Value>(field: Field<Value>): Field<Exclude<Value, undefined>> {
  return (value, name) => {
    const read = value === undefined ? undefined : field(value, name)
    if (read === undefined)
      throw wrong('checkout.parameter_missing', name, `Missing required param: ${name}.`)
    return read as Exclude<Value, undefined>
  }
}

/** Text; empty text is null, which is how a shop takes something back. */
export function clearable(lengthMax = 500): Field<string | null | undefined> {
  return (value, name) => (value === '' ? null : text(lengthMax)(value, name))
}

export function text(lengthMax = 500): Field<string | undefined> {
  return (value, name) => {
    if (value === undefined) return undefined
    if (typeof value !== 'string')
      throw wrong('checkout.parameter_invalid', name, `Invalid string: ${name} must be text.`)
    if (value === '')
      throw wrong('checkout.parameter_invalid_empty', name, `You passed an empty string for '${name}'.`)
    if (value.length > lengthMax)
      throw wrong(
        'checkout.parameter_invalid',
        name,
        `Invalid string: ${name} must be at most ${lengthMax} characters.`,
      )
    return value
  }
}

/** A whole number in plain digits: no sign but minus, no exponent, no fraction. */
export function integer(min: number, max: number): Field<number | undefined> {
  return (value, name) => {
    if (value === undefined) return undefined
    if (typeof value !== 'string' || !/^-?\d{1,16}$/.test(value))
      throw wrong(
        'checkout.parameter_invalid_integer',
        name,
        `Invalid integer: ${String(value).slice(0, 40)}`,
      )
    const number = Number(value)
    if (!Number.isSafeInteger(number) || number < min || number > max)
      throw wrong(
        'checkout.parameter_invalid_integer',
        name,
        `Invalid integer: ${name} must be from ${min} to ${max}.`,
      )
    return number
  }
}

/** Whole minor units. */
export const amount: Field<number | undefined> = (value, name) => {
  const digits = typeof value === 'string' && /^\d+$/.test(value)
  if (digits && Number(value) > amountMax)
    throw wrong('checkout.amount_too_large', name, `Amount must be no more than ${amountMax}.`)
  const read = integer(Number.MIN_SAFE_INTEGER, amountMax)(value, name)
  if (read !== undefined && read < 1)
    throw wrong(
      'checkout.amount_too_small',
      name,
      'Amount must be at least 1 in the smallest unit of the currency.',
    )
  return read
}

/** A code of ISO 4217; kept in capitals, shown in small letters as Stripe does. */
export const currency: Field<string | undefined> = (value, name) => {
  if (value === undefined) return undefined
  const code = typeof value === 'string' ? value.toUpperCase() : ''
  if (exponentOf(code) === undefined)
    throw wrong('checkout.currency_invalid', name, `Invalid currency: ${String(value).slice(0, 20)}`)
  return code
}

export const flag: Field<boolean | undefined> = (value, name) => {
  if (value === undefined) return undefined
  if (value !== 'true' && value !== 'false')
    throw wrong('checkout.parameter_invalid', name, `Invalid boolean: ${String(value).slice(0, 40)}`)
  return value === 'true'
}

export function oneOf<const Option extends string>(...options: Option[]): Field<Option | undefined> {
  return (value, name) => {
    if (value === undefined) return undefined
    const found = options.find((option) => option === value)
    if (found === undefined)
      throw wrong('checkout.parameter_invalid', name, `Invalid ${name}: must be one of ${options.join(', ')}`)
    return found
  }
}

export function listOf<Value>(
  field: Field<Value>,
  max: number,
): Field<Exclude<Value, undefined>[] | undefined> {
  return (value, name) => {
    if (value === undefined) return undefined
    if (!Array.isArray(value)) throw wrong('checkout.parameter_invalid', name, `Invalid array: ${name}`)
    if (value.length > max)
      throw wrong('checkout.parameter_invalid', name, `${name} has at most ${max} parts.`)
    return value.map((part, index) => required(field)(part, `${name}[${index}]`))
  }
}

export function object<F extends Fields>(fields: F): Field<Read<F> | undefined> {
  return (value, name) => {
    if (value === undefined) return undefined
    if (typeof value === 'string' || Array.isArray(value))
      throw wrong('checkout.parameter_invalid', name, `Invalid object: ${name}`)
    return readFields(value, fields, name)
  }
}

/** Taken and not used: what only says something about means of payment that there are not here. */
export const ignored: Field<undefined> = () => undefined

/** At most 50 names of at most 40 characters, with values of at most 500. Empty text takes a name, or all of them, away. */
export const metadata: Field<Metadata | undefined> = (value, name) => {
  if (value === undefined) return undefined
  if (value === '') return { '': '' }
  if (typeof value === 'string' || Array.isArray(value))
    throw wrong('checkout.parameter_invalid', name, `Invalid object: ${name}`)
  const entries = Object.entries(value)
  if (entries.length > metadataMax)
    throw wrong('checkout.parameter_invalid', name, `Metadata can have up to ${metadataMax} keys.`)
  for (const [key, member] of entries) {
    if (key.length < 1 || key.length > 40)
      throw wrong('checkout.parameter_invalid', name, 'Metadata keys can have up to 40 characters.')
    if (typeof member !== 'string' || member.length > 500)
      throw wrong(
        'checkout.parameter_invalid',
        inside(name, key),
        'Metadata values can have up to 500 characters.',
      )
  }
  return value as Metadata
}

/** What becomes of metadata when a request brings some. */
export function mergeMetadata(kept: Metadata, brought: Metadata | undefined): Metadata {
  if (brought === undefined) return kept
  if ('' in brought) return {}
  const merged = Object.entries({ ...kept, ...brought }).filter(([, value]) => value !== '')
  if (merged.length > metadataMax)
    throw wrong('checkout.parameter_invalid', 'metadata', `Metadata can have up to ${metadataMax} keys.`)
  return Object.fromEntries(merged)
}

export function url(schemes: readonly string[]): Field<string | undefined> {
  return (value, name) => {
    const given = text(2048)(value, name)
    if (given === undefined) return undefined
    // {CHECKOUT_SESSION_ID} is filled in later and is no part of what makes an address.
    const parsed = URL.parse(given.replaceAll('{CHECKOUT_SESSION_ID}', 'x'))
    if (!parsed || !schemes.includes(parsed.protocol) || parsed.username !== '')
      throw wrong('checkout.parameter_invalid', name, `Not a valid URL: ${name}`)
    return given
  }
}

/** The parameters of every list. https://docs.stripe.com/api/pagination */
export const paging = {
  limit: integer(1, 100),
  starting_after: text(100),
  ending_before: text(100),
}

export const created: Field<{ gt?: number; gte?: number; lt?: number; lte?: number } | undefined> = (
  value,
  name,
) => {
  const seconds = integer(0, 10 ** 11)
  if (typeof value === 'string') {
    const exact = required(seconds)(value, name)
    return { gte: exact, lte: exact }
  }
  const read = object({ gt: seconds, gte: seconds, lt: seconds, lte: seconds })(value, name)
  return (
    read && (Object.fromEntries(Object.entries(read).filter(([, bound]) => bound !== undefined)) as object)
  )
}

export function wrong(code: Parameters<typeof refuse>[0], parameter: string, message: string): Refusal {
  return refuse(code, { message, extra: { param: parameter } })
}

function inside(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}[${name}]`
}
