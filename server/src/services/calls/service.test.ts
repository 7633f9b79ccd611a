import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../platform/testing/app.ts'
import { createTestClock } from '../../platform/testing/clock.ts'
import { registerPerson } from '../identity/testing.ts'
import { createCalls } from './service.ts'

const uris = ['turn:turn.dure.test?transport=udp', 'turns:turn.dure.test']

test('credentials are those that coturn works out from the shared secret', () => {
  const clock = createTestClock(1_443_693_231_000)
  const settings = { turnUris: uris, turnSecret: 'north', turnLifetime: 86_400_000 }
  // printf '1443779631:@user:example.com' | openssl dgst -sha1 -hmac north -binary | base64
  assert.deepEqual(createCalls({ clock, settings }).turnCredentials('@user:example.com'), {
    username: '1443779631:@user:example.com',
    password: 'lamN4QwbavBEEp/krb3yR5mgsEg=',
    uris,
    ttlSeconds: 86_400,
  })
})

test('clients ask for credentials, and are told when there are none', async (t) => {
  const { http } = await testApp(t, {
    environment: { DURE_CALLS_TURN_URIS: uris.join(', '), DURE_CALLS_TURN_SECRET: 'north' },
  })
  const alice = await registerPerson(http, 'alice')
  const { status, body } = await alice.call('GET', 'voip/turnServer')
  assert.deepEqual([status, body.uris, body.ttl], [200, uris, 86_400])
  assert.match(body.username, /^\d+:@alice:dure\.test$/)

  const without = await testApp(t)
  const bob = await registerPerson(without.http, 'bob')
  const refused = await bob.call('GET', 'voip/turnServer')
  assert.deepEqual([refused.status, refused.body.errcode], [404, 'M_NOT_FOUND'])
})
