import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatToken, parseToken } from './token.ts'

test('what was written is read back', () => {
  const softPart = fc.stringMatching(/^[A-Za-z0-9._~-]{1,40}$/)
  fc.assert(
    fc.property(
      fc.maxSafeNat(),
      fc.option(fc.nat(), { nil: undefined }),
      fc.option(fc.integer({ min: 1, max: 2 ** 48 }), { nil: undefined }),
      fc.option(softPart, { nil: undefined }),
      (high, back, connection, soft) => {
        const toDevice = back === undefined ? undefined : Math.max(0, high - back)
        assert.deepEqual(parseToken(formatToken({ position: high, toDevice, connection, soft })), {
          position: high,
          toDevice,
          connection,
          soft,
        })
      },
    ),
  )
})

test('a token without further parts is the bare position', () => {
  assert.equal(formatToken({ position: 72594 }), 's72594')
  const bare = { position: 72594, toDevice: undefined, connection: undefined, soft: undefined }
  assert.deepEqual(parseToken('s72594'), bare)
})

for (const text of [
  '',
  's',
  's-1',
  's01',
  's1 ',
  's1.5',
  '1',
  't1',
  's1_',
  's1d',
  's1d2',
  's1c',
  's1c0',
  's2c1d1',
  's9007199254740993',
  's1_a b',
  'S1',
  `s1_${'a'.repeat(201)}`,
]) {
  test(`${JSON.stringify(text.slice(0, 40))} is not a token`, () => assert.equal(parseToken(text), undefined))
}
