import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from './platform/db/sql.ts'
import { testApp } from './platform/testing/app.ts'
import { waitingJobs } from './platform/testing/jobs.ts'
import { registerPerson } from './services/identity/testing.ts'

test('a closed account that asked to be erased leaves no account data, another one does', async (t) => {
  const { http, platform } = await testApp(t)
  const close = async (name: string, erase: boolean) => {
    const person = await registerPerson(http, name)
    await person.call('PUT', `user/${person.userId}/account_data/org.example`, { secret: true })
    const auth = { type: 'm.login.password', password: person.password }
    assert.equal((await person.call('POST', 'account/deactivate', { auth, erase })).status, 200)
    return person.userId
  }
  const kept = await close('alice', false)
  const erased = await close('bob', true)
  const deadline = Date.now() + 10_000
  for (;;) {
    const waiting = await waitingJobs(platform.db, 'identity.account_deactivated')
    if (waiting.length === 0) break
    assert(Date.now() < deadline, 'the jobs have not run')
  }
  const left = await platform.db.rows(sql`
    select distinct user_id from account_data.entry
    where type = 'org.example' and user_id = any(${[kept, erased]})`)
  assert.deepEqual(left, [{ user_id: kept }])
})
