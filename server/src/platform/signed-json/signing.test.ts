import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64 } from './base64.ts'
import { CanonicalJsonError } from './canonical-json.ts'
import { createSigningKey, signJson, verifySignedJson } from './signing.ts'

/** https://spec.matrix.org/v1.19/appendices/#signing-key */
const seed = decodeBase64('YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1') ?? assert.fail()
const key = createSigningKey('1', seed)

const emptySignature =
  'K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ'
const dataSignature = 'KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw'

test('the empty object is signed as in the test vectors', () => {
  assert.deepEqual(signJson({}, 'domain', key), { signatures: { domain: { 'ed25519:1': emptySignature } } })
})

test('an object with data is signed as in the test vectors', () => {
  assert.deepEqual(signJson({ one: 1, two: 'Two' }, 'domain', key), {
    one: 1,
    two: 'Two',
    signatures: { domain: { 'ed25519:1': dataSignature } },
  })
})

test('neither unsigned data nor earlier signatures change the signature, and both are kept', () => {
  const others = { 'other.example': { 'ed25519:a': 'x' }, domain: { 'ed25519:0': 'y' } }
  const signed = signJson({ one: 1, two: 'Two', unsigned: { age: 1 }, signatures: others }, 'domain', key)
  assert.deepEqual(signed.signatures, {
    'other.example': { 'ed25519:a': 'x' },
    domain: { 'ed25519:0': 'y', 'ed25519:1': dataSignature },
  })
  assert.deepEqual(signed.unsigned, { age: 1 })
})

test('signing leaves its argument alone', () => {
  const object = { signatures: { domain: {} } }
  signJson(object, 'domain', key)
  assert.deepEqual(object, { signatures: { domain: {} } })
})

test('an object without canonical form cannot be signed and never verifies', () => {
  assert.throws(() => signJson({ a: 1.5 }, 'domain', key), CanonicalJsonError)
  const claimed = { a: 1.5, signatures: { domain: { 'ed25519:1': dataSignature } } }
  assert.equal(verifySignedJson(claimed, 'domain', 'ed25519:1', key.publicKey), false)
})

test('a signature holds for its entity, key id, key and content only', () => {
  const signed = signJson({ one: 1, two: 'Two' }, 'domain', key)
  const otherKey = createSigningKey('1', new Uint8Array(32))

  assert.equal(verifySignedJson(signed, 'domain', 'ed25519:1', key.publicKey), true)
  assert.equal(verifySignedJson(signed, 'domain', 'ed25519:1', `${key.publicKey}=`), true)
  assert.equal(
    verifySignedJson({ ...signed, unsigned: { a: 1.5 } }, 'domain', 'ed25519:1', key.publicKey),
    true,
  )

  assert.equal(verifySignedJson({ ...signed, one: 2 }, 'domain', 'ed25519:1', key.publicKey), false)
  assert.equal(verifySignedJson(signed, 'other', 'ed25519:1', key.publicKey), false)
  assert.equal(verifySignedJson(signed, 'domain', 'ed25519:2', key.publicKey), false)
  assert.equal(verifySignedJson(signed, 'domain', 'ed25519:1', otherKey.publicKey), false)
})

test('malformed signatures, keys and objects are false, never an error', () => {
  const shapes = [
    {},
    { signatures: null },
    { signatures: [] },
    { signatures: { domain: 'x' } },
    { signatures: { domain: { 'ed25519:1': 5 } } },
    { signatures: { domain: { 'ed25519:1': '' } } },
    { signatures: { domain: { 'ed25519:1': 'not base64!' } } },
    { signatures: { domain: { 'ed25519:1': 'AAAA' } } },
  ]
  for (const object of shapes) {
    assert.equal(verifySignedJson(object, 'domain', 'ed25519:1', key.publicKey), false)
    assert.equal(verifySignedJson(object, 'constructor', 'name', key.publicKey), false)
  }
  const signed = signJson({}, 'domain', key)
  for (const publicKey of ['', 'AAAA', 'not base64!', 'A'.repeat(43), '_'.repeat(43), '/'.repeat(43)]) {
    assert.equal(verifySignedJson(signed, 'domain', 'ed25519:1', publicKey), false)
  }
})

test('an algorithm other than ed25519 is not understood', () => {
  const signed = { signatures: { domain: { 'rsa:1': emptySignature } } }
  assert.equal(verifySignedJson(signed, 'domain', 'rsa:1', key.publicKey), false)
})

test('a key needs a seed of 32 bytes and a plain version', () => {
  assert.throws(() => createSigningKey('1', new Uint8Array(31)))
  assert.throws(() => createSigningKey('', seed))
  assert.throws(() => createSigningKey('a b', seed))
})

test('whatever is signed verifies, and no longer after any change', () => {
  const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(fc.maxSafeInteger(), fc.boolean()), {
    maxKeys: 6,
    noNullPrototype: true,
  })
  fc.assert(
    fc.property(object, fc.uint8Array({ minLength: 32, maxLength: 32 }), (content, anySeed) => {
      const anyKey = createSigningKey('a_1', anySeed)
      const signed = signJson(content, 'example.org', anyKey)
      assert.equal(verifySignedJson(signed, 'example.org', 'ed25519:a_1', anyKey.publicKey), true)
      const changed = { ...signed, added: 'x' }
      assert.equal(verifySignedJson(changed, 'example.org', 'ed25519:a_1', anyKey.publicKey), false)
    }),
  )
})
