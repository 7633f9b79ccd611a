import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../testing.ts'

test('people are found by user id and display name, in any writing', async (t) => {
  const { http, services } = await testApp(t)
  const searcher = await registerPerson(http, 'searcher')
  const named = async (username: string, displayname?: string) => {
    const person = await registerPerson(http, username)
    if (displayname !== undefined)
      await person.call('PUT', `profile/${person.userId}/displayname`, { displayname })
    return person
  }
  await named('minh', 'Nguyễn Đức Minh')
  await named('jiwoo', '김지우 선생님')
  await named('budi', 'Budi Santoso')
  await named('budiman')
  const gone = await named('budigone', 'Budi')
  await services.identity.deactivateAccount(gone.userId, false)
  await request(http, 'POST', 'register?kind=guest', { body: {} })

  const search = async (term: string, limit?: number) => {
    const { body } = await searcher.call('POST', 'user_directory/search', { search_term: term, limit })
    return [body.results.map((person: { user_id: string }) => person.user_id), body.limited]
  }
  assert.deepEqual(await search('nguyen duc'), [['@minh:dure.test'], false])
  assert.deepEqual(await search('ĐỨC'), [['@minh:dure.test'], false])
  assert.deepEqual(await search('지우'), [['@jiwoo:dure.test'], false])
  assert.deepEqual(await search('santoso budi'), [['@budi:dure.test'], false])
  assert.deepEqual(await search('budi'), [['@budi:dure.test', '@budiman:dure.test'], false])
  assert.deepEqual(await search('budi', 1), [['@budi:dure.test'], true])
  assert.deepEqual(await search('searcher'), [[], false])
  assert.deepEqual(await search('guest'), [[], false])
  assert.deepEqual(await search('  '), [[], false])
  const { body } = await searcher.call('POST', 'user_directory/search', { search_term: '@BUDI:dure.test' })
  assert.deepEqual(body.results[0], { user_id: '@budi:dure.test', display_name: 'Budi Santoso' })
})

test('who runs the server is told when they have said so', async (t) => {
  const { http } = await testApp(t, {
    environment: {
      DURE_IDENTITY_SUPPORT_EMAIL: 'help@dure.test',
      DURE_IDENTITY_SUPPORT_PAGE: 'https://dure.test/help',
    },
  })
  assert.deepEqual((await request(http, 'GET', '/.well-known/matrix/support')).body, {
    contacts: [{ email_address: 'help@dure.test', role: 'm.role.admin' }],
    support_page: 'https://dure.test/help',
  })
  const silent = await testApp(t)
  const { status, body } = await request(silent.http, 'GET', '/.well-known/matrix/support')
  assert.deepEqual([status, body.errcode], [404, 'M_NOT_FOUND'])
})
