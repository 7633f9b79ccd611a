import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemRandom } from '../../platform/random.ts'
import { createPasswords } from './passwords.ts'

const options = { lengthMin: 8, memoryKiB: 64, passes: 1, lanes: 1 }
const passwords = createPasswords({ random: systemRandom }, options)

test('a password matches its own hash and no other does', async () => {
  const hash = await passwords.hash('correct horse')
  assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await passwords.matches('correct horse', hash), true)
  assert.equal(await passwords.matches('correct horsf', hash), false)
  assert.equal(await passwords.matches('', hash), false)
  assert.equal(await passwords.matches('correct horse', undefined), false)
  assert.notEqual(await passwords.hash('correct horse'), hash)
})

test('hashes of other costs are still understood, and known to be stale', async () => {
  const others = createPasswords(
    { random: systemRandom },
    { ...options, memoryKiB: 128, passes: 2, lanes: 2 },
  )
  const hash = await others.hash('correct horse')
  assert.equal(await passwords.matches('correct horse', hash), true)
  assert.deepEqual([passwords.isStale(hash), others.isStale(hash)], [true, false])
})

test('a stored hash of unknown form is a defect, not a wrong password', async () => {
  await assert.rejects(passwords.matches('correct horse', '$2b$12$abc'), /unknown form/)
  await assert.rejects(
    passwords.matches('correct horse', '$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA'),
    /cut short/,
  )
})

test('length is counted in characters', () => {
  assert.throws(() => passwords.check('비밀번호'), /at least 8/)
  passwords.check('비밀번호비밀번호')
  assert.throws(() => passwords.check('👋👋👋👋👋👋👋'), /at least 8/)
  assert.throws(() => passwords.check('x'.repeat(1025)), /too long/)
})

test('more passwords at once than can wait are told to come back', async () => {
  const answers = await Promise.allSettled(
    Array.from({ length: 300 }, () => passwords.matches('correct horse', undefined)),
  )
  const refused = answers.filter(({ status }) => status === 'rejected')
  assert(refused.length > 0 && refused.length < 60, `${refused.length} were refused`)
  assert.equal(await passwords.matches('correct horse', await passwords.hash('correct horse')), true)
})
