import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decimalOf, exponentOf } from './currencies.ts'

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
