import { currencyOf, decimalOf, minorUnitsOf, numericOf } from '../../../platform/money/currencies.ts'
import { CodeError, checksum, type Objects, readObjects, writeObject } from './objects.ts'

/** What the QR code of a shop says. */
export type ShopCode = {
  /** The payment code's id: it names the shop too. */
  id: string
  /** The same code pays once (dynamic), or again and again (static). */
  dynamic: boolean
  currency: string
  /** In minor units; without it the payer says how much. */
  amount: bigint | undefined
  /** ISO 3166-1, two letters. */
  country: string
  /** At most 25 and 15 of the characters in which any terminal can write. */
  name: string
  city: string
}

/** The reverse domain that tells our template from those of other payment networks: section 4.7.4. */
const network = 'org.dure.pay'
const template = '26'
/** No category of trade is known of a shop. */
const category = '0000'
const written = /^[\x20-\x7e]+$/

/** The text of a shop's QR code. */
export function encodeShopCode({ id, dynamic, currency, amount, country, name, city }: ShopCode): string {
  const objects: [string, string | undefined][] = [
    ['00', '01'],
    ['01', dynamic ? '12' : '11'],
    [template, writeObject('00', network) + writeObject('01', id)],
    ['52', category],
    ['53', numericOf(currency)],
    ['54', amount === undefined ? undefined : decimalOf(amount, currency)],
    ['58', country],
    ['59', name],
    ['60', city],
  ]
  const text = objects.map(([key, value]) => (value === undefined ? '' : writeObject(key, value))).join('')
  const summed = `${text}6304`
  return summed + checksum(summed)
}

/**
 * Reads the text of a QR code of one of our shops, and throws `CodeError` with what is wrong with any other: section 4. Objects that
 * are not for us are passed over, but what stands there must be whole.
 */
export function decodeShopCode(text: string): ShopCode {
  if (text.length > 512) throw new CodeError('it is too long')
  const objects = readObjects(text)
  const [first] = objects.keys()
  if (first !== '00' || objects.get('00') !== '01') throw new CodeError('it does not begin with 000201')
  requireChecksum(text, objects)
  const currency = currencyOf(need(objects, '53', /^\d{3}$/))
  if (currency === undefined) throw new CodeError('there is no such currency')
  if (['55', '56', '57'].some((tip) => objects.has(tip))) throw new CodeError('tips are not known here')
  need(objects, '52', /^\d{4}$/)
  return {
    id: ourId(objects),
    dynamic: need(objects, '01', /^1[12]$/) === '12',
    currency,
    amount: amountIn(objects, currency),
    country: need(objects, '58', /^[A-Z]{2}$/),
    name: need(objects, '59', written, 25),
    city: need(objects, '60', written, 15),
  }
}

/** The last object is the checksum of everything before its value. */
function requireChecksum(text: string, objects: Objects): void {
  const [last] = [...objects.keys()].slice(-1)
  const sum = objects.get('63')
  if (last !== '63' || sum?.length !== 4) throw new CodeError('it does not end with its checksum')
  if (sum !== checksum(text.slice(0, -4))) throw new CodeError('its checksum is wrong')
}

function need(objects: Objects, id: string, form: RegExp, lengthMax = 99): string {
  const value = objects.get(id)
  if (value === undefined || !form.test(value) || value.length > lengthMax)
    throw new CodeError(`${id} is missing or not of its form`)
  return value
}

/** Shops that take several networks have a template for each: 26 to 51. */
function ourId(objects: Objects): string {
  for (const [id, value] of objects) {
    if (id < '26' || id > '51') continue
    const inside = readObjects(value)
    if (inside.get('00') === network) return need(inside, '01', /^qr_[A-Za-z0-9_]{1,64}$/)
  }
  throw new CodeError('it is for another payment network')
}

function amountIn(objects: Objects, currency: string): bigint | undefined {
  if (!objects.has('54')) return undefined
  const amount = minorUnitsOf(need(objects, '54', /^[\d.]+$/, 13), currency)
  if (amount === undefined || amount === 0n) throw new CodeError('the amount is not one in this currency')
  return amount
}

/** A name in characters that any terminal can write; what else it has is left out. */
export function plainName(name: string, lengthMax: number, otherwise: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return plain.slice(0, lengthMax).trim() || otherwise
}
