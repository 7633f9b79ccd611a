import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { testApp } from '../platform/testing/app.ts'
import { request } from '../services/identity/testing.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function run(databaseUrl: string, words: readonly string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'], DURE_DATABASE_URL: databaseUrl }
    execFile(process.execPath, [main, 'registration-token', ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

test('an operator makes a token, prints it, and people register with it', async (t) => {
  const { http, databaseUrl } = await testApp(t, { environment: { DURE_REGISTRATION: 'token' } })
  const made = await run(databaseUrl, ['create', '--uses', '1', '--valid-for', '7 d'])
  assert.equal(made.code, 0, made.stderr)
  const token = made.stdout.trim()
  assert.match(token, /^[A-Za-z0-9]{16}$/)
  const auth = { type: 'm.login.registration_token', token }
  const register = (username: string) =>
    request(http, 'POST', 'register', { body: { username, password: 'correct horse', auth } })
  assert.equal((await register('alice')).status, 200)
  assert.equal((await register('bob')).status, 401)
})

test('a token that is taken, malformed, or asked for in the wrong way is refused', async (t) => {
  const { databaseUrl } = await testApp(t)
  assert.equal((await run(databaseUrl, ['create', '--token', 'welcome'])).stdout, 'welcome\n')
  const again = await run(databaseUrl, ['create', '--token', 'welcome'])
  assert.deepEqual([again.code, again.stderr], [1, 'there is a registration token welcome already\n'])
  assert.equal((await run(databaseUrl, ['create', '--token', 'two words'])).code, 1)
  for (const words of [
    [],
    ['delete'],
    ['create', '--uses', '0'],
    ['create', '--valid-for', 'long'],
    ['create', '--x'],
  ]) {
    const { code, stderr } = await run(databaseUrl, words)
    assert.equal(code, 2, words.join(' '))
    assert.match(stderr, /usage: registration-token create/)
  }
})
