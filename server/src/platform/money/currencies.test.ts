import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currencyOf, decimalOf, exponentOf, minorUnitsOf, numericOf } from './currencies.ts'

test('every currency but the digital bolívar is one that Unicode knows too', () => {
  const known = new Set(Intl.supportedValuesOf('currency'))
  const ours = Array.from({ length: 26 ** 3 }, (_, index) =>
    [Math.floor(index / 676), Math.floor(index / 26) % 26, index % 26]
      .map((letter) => String.fromCharCode(65 + letter))
      .join(''),
  ).filter((code) => exponentOf(code) !== undefined)
  assert(ours.length > 150, `only ${ours.length} currencies`)
  assert.deepEqual(
    ours.filter((code) => !known.has(code)),
    ['VED'],
  )
})

test('amounts are written with as many digits as their currency has', () => {
  assert.equal(decimalOf(1234n, 'KRW'), '1234')
  assert.equal(decimalOf(1234n, 'USD'), '12.34')
  assert.equal(decimalOf(-5n, 'EUR'), '-0.05')
  assert.equal(decimalOf(0n, 'USD'), '0.00')
  assert.equal(decimalOf(-1_000n, 'KWD'), '-1.000')
  assert.equal(decimalOf(2n ** 62n - 1n, 'USD'), '46116860184273879.03')
})

test('what is no currency has no exponent and cannot be written', () => {
  for (const code of ['', 'usd', 'BTC', 'CLF', 'XAU', 'XXX', 'constructor'])
    assert.equal(exponentOf(code), undefined)
  assert.throws(() => decimalOf(1n, 'XXX'), /XXX is not a currency/)
})

test('the numbers of currencies are those of ISO 4217, and name one each', () => {
  for (const [code, numeric] of Object.entries({
    KRW: '410',
    USD: '840',
    EUR: '978',
    IDR: '360',
    VND: '704',
    ALL: '008',
  })) {
    assert.equal(numericOf(code), numeric)
    assert.equal(currencyOf(numeric), code)
  }
  assert.equal(numericOf('XXX'), undefined)
  assert.equal(currencyOf('999'), undefined)
})

test('decimal numbers are read as they are written, and nothing else is', () => {
  assert.equal(minorUnitsOf('1234', 'KRW'), 1234n)
  assert.equal(minorUnitsOf('12.3', 'USD'), 1230n)
  assert.equal(minorUnitsOf('12.', 'USD'), 1200n)
  assert.equal(minorUnitsOf('0.05', 'EUR'), 5n)
  for (const wrong of ['', '.5', '1e3', '-1', '+1', '1,5', '12.345', ' 1', '0x1'])
    assert.equal(minorUnitsOf(wrong, 'USD'), undefined, wrong)
  assert.equal(minorUnitsOf('1.5', 'KRW'), undefined)
})
