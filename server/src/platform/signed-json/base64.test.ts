import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64, decodeUrlSafeBase64, encodeBase64, encodeUrlSafeBase64 } from './base64.ts'

/** The examples of https://spec.matrix.org/v1.19/appendices/#unpadded-base64 */
const examples: [string, string][] = [
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
]

for (const [text, encoded] of examples) {
  test(`"${text}" is "${encoded}", and padding is understood too`, () => {
    assert.equal(encodeBase64(Buffer.from(text)), encoded)
    assert.equal(decodeBase64(encoded)?.toString(), text)
    assert.equal(decodeBase64(encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '='))?.toString(), text)
  })
}

test('the alphabets differ in their last two characters only', () => {
  const bytes = Uint8Array.of(0xfb, 0xff, 0xbf)
  assert.equal(encodeBase64(bytes), '+/+/')
  assert.equal(encodeUrlSafeBase64(bytes), '-_-_')
})

const malformed = [
  'A',
  'AAAAA',
  'Zg=',
  'Zg===',
  'Z=',
  'Zm8==',
  '=',
  '====',
  'Zm9v=',
  'Z g',
  'Zg\n',
  'Zé',
  'Zm=9',
]

for (const text of malformed) {
  test(`${JSON.stringify(text)} is not Base64`, () => {
    assert.equal(decodeBase64(text), undefined)
    assert.equal(decodeUrlSafeBase64(text), undefined)
  })
}

test('neither decoder accepts the other alphabet', () => {
  assert.equal(decodeBase64('-_-_'), undefined)
  assert.equal(decodeUrlSafeBase64('+/+/'), undefined)
})

test('left-over bits in the last character are ignored, as in the seed of the test vectors', () => {
  assert.deepEqual(decodeBase64('Zh'), decodeBase64('Zg'))
})

test('bytes come back as they were, also from a view into a larger buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(3), (bytes, skipped) => {
      const view = bytes.subarray(Math.min(skipped, bytes.length))
      assert.deepEqual(decodeBase64(encodeBase64(view)), Buffer.from(view))
      assert.deepEqual(decodeUrlSafeBase64(encodeUrlSafeBase64(view)), Buffer.from(view))
    }),
  )
})
