import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../../platform/random.ts'
import { checkDeviceId, chosenUserId, typedUserId } from './names.ts'
import { mintToken, readToken } from './tokens.ts'

test('a token names its owner and its kind, whatever the name looks like', () => {
  for (const userId of ['@alice:dure.test', '@a.b_c=d-e/f+1:dure.test', `@${'x'.repeat(240)}:dure.test`]) {
    for (const kind of ['access', 'refresh', 'login'] as const) {
      const { token, hash } = mintToken(systemRandom, kind, userId)
      assert.deepEqual(readToken(kind, token, 'dure.test'), { userId, hash })
      assert.equal(readToken(kind === 'login' ? 'access' : 'login', token, 'dure.test'), undefined)
      assert.match(token, /^[A-Za-z0-9._-]+$/, 'fits an Authorization header')
    }
  }
})

test('two tokens of one person differ', () => {
  const one = mintToken(systemRandom, 'access', '@alice:dure.test')
  const two = mintToken(systemRandom, 'access', '@alice:dure.test')
  assert.notEqual(one.token, two.token)
})

test('what cannot be a token of ours is not looked up', () => {
  const secret = 'A'.repeat(43)
  const owner = (name: string) => Buffer.from(name).toString('base64url')
  for (const token of [
    '',
    'syt_abc',
    `dure_at.${owner('alice')}.${secret}A`,
    `dure_at.${owner('nul\0')}.${secret}`,
    `dure_at.${owner('with space')}.${secret}`,
    `dure_at..${secret}`,
    `dure_xt.${owner('alice')}.${secret}`,
  ])
    assert.equal(readToken('access', token, 'dure.test'), undefined, token)
})

test('typed names find the local account, and nobody of another server', () => {
  assert.equal(typedUserId('Alice', 'dure.test'), '@alice:dure.test')
  assert.equal(typedUserId('@Alice:dure.test', 'dure.test'), '@alice:dure.test')
  assert.equal(typedUserId('@alice:other.test', 'dure.test'), undefined)
  assert.equal(typedUserId('@alice', 'dure.test'), undefined)
  assert.equal(typedUserId('a b', 'dure.test'), undefined)
})

test('a user id never exceeds 255 bytes', () => {
  const longest = 255 - '@:dure.test'.length
  assert.equal(chosenUserId('a'.repeat(longest), 'dure.test').length, 255)
  assert.throws(() => chosenUserId('a'.repeat(longest + 1), 'dure.test'))
})

test('device ids may be anything printable but a key', () => {
  checkDeviceId('내 전화 📱')
  checkDeviceId('A'.repeat(42))
  checkDeviceId('A'.repeat(44))
  for (const bad of ['', '\n', 'a\u0000', 'x'.repeat(256), 'A'.repeat(43)])
    assert.throws(() => checkDeviceId(bad))
})
