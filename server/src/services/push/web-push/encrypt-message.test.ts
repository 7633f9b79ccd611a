import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { encryptMessage, isPublicKey, keyOf, messageBytesMax } from './encrypt-message.ts'
import { browserSubscription } from './testing.ts'

const bytes = (base64url: string) => Buffer.from(base64url, 'base64url')

test('the example of RFC 8291, Appendix A, comes out byte for byte', () => {
  const key = keyOf(bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'))
  assert.ok(key)
  const encrypted = encryptMessage(
    bytes('V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24'),
    {
      publicKey: bytes(
        'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
      ),
      authSecret: bytes('BTBZMqHH6r4Tts7J_aSIgg'),
    },
    { key, salt: bytes('DGv6ra1nlYgDCS1FRnbzlw') },
  )
  assert.equal(
    encrypted.toString('base64url'),
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  )
})

test('a browser reads what was encrypted for it, up to the longest message in one record', () => {
  const browser = browserSubscription()
  for (const length of [0, 1, 1000, messageBytesMax]) {
    const key = keyOf(randomBytes(32))
    assert.ok(key)
    const message = randomBytes(length)
    const encrypted = encryptMessage(message, browser.recipient, { key, salt: randomBytes(16) })
    assert.deepEqual(browser.decrypt(encrypted), message)
    assert.ok(encrypted.length <= 4096)
  }
})

test('public keys are points of the curve, uncompressed', () => {
  const { recipient } = browserSubscription()
  assert.equal(isPublicKey(recipient.publicKey), true)
  const beside = Buffer.from(recipient.publicKey)
  beside.writeUInt8(beside.readUInt8(64) ^ 1, 64)
  for (const wrong of [
    beside,
    recipient.publicKey.subarray(0, 64),
    Buffer.alloc(65),
    Buffer.alloc(65, 4),
    Buffer.alloc(0),
  ])
    assert.equal(isPublicKey(wrong), false)
  assert.equal(keyOf(Buffer.alloc(32)), undefined)
})
