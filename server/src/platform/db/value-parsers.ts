import assert from 'node:assert/strict'
import pg from 'pg'

const int8 = 20
const numeric = 1700
type Parse = (text: string) => unknown

/**
 * How column values become JavaScript values: `bigint` columns (stream positions, Unix milliseconds, sizes) are
 * numbers, checked to be exact; `numeric` without a fraction is a `bigint`, for money.
 */
export const valueParsers: pg.CustomTypesConfig = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && type === int8) return parseInt8
    if (format !== 'binary' && type === numeric) return parseNumeric
    return pg.types.getTypeParser(type, format as 'text') as Parse
  },
}

function parseInt8(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), 'a bigint column holds a value beyond 2^53')
  return value
}

function parseNumeric(text: string): bigint | string {
  return text.includes('.') ? text : BigInt(text)
}
