import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient, InteractiveAuth, type MatrixClient } from 'matrix-js-sdk'
import type { Logger } from 'matrix-js-sdk/lib/logger.js'
import { testApp } from '../../src/platform/testing/app.ts'

const password = 'correct horse'

test('matrix-js-sdk registers, keeps a profile, manages devices, changes the password and logs out', async (t) => {
  const { http } = await testApp(t)
  const baseUrl = await http.listen({ host: '127.0.0.1', port: 0 })
  const nobody = createClient({ baseUrl, logger: silent })
  const made = await interactively(nobody, (auth) =>
    nobody.registerRequest({ username: 'alice', password, refresh_token: true, ...(auth && { auth }) }),
  )
  assert(made.access_token && made.refresh_token && made.device_id)
  const alice = createClient({
    baseUrl,
    logger: silent,
    accessToken: made.access_token,
    userId: made.user_id,
    deviceId: made.device_id,
  })
  assert.equal((await alice.whoami()).device_id, made.device_id)

  await alice.setDisplayName('Alice')
  await alice.setExtendedProfileProperty('m.tz', 'Asia/Seoul')
  assert.deepEqual(await alice.getExtendedProfile(made.user_id), {
    displayname: 'Alice',
    'm.tz': 'Asia/Seoul',
  })
  await alice.setRoomTag('!room:dure.test', 'm.favourite', { order: 0.5 })
  assert.deepEqual(await alice.getRoomTags('!room:dure.test'), { tags: { 'm.favourite': { order: 0.5 } } })

  const renewed = await nobody.refreshToken(made.refresh_token)
  alice.setAccessToken(renewed.access_token)
  assert.equal((await alice.whoami()).user_id, made.user_id)

  const login = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password }
  const other = await nobody.loginRequest(login)
  await interactively(alice, (auth) => alice.deleteDevice(other.device_id, auth ?? undefined), login)
  assert.equal((await alice.getDevices()).devices.length, 1)

  await alice.setPassword(login, 'another password')
  await alice.logout()
  await assert.rejects(alice.whoami(), { errcode: 'M_UNKNOWN_TOKEN' })
  await assert.rejects(nobody.loginRequest(login), { errcode: 'M_FORBIDDEN' })
  await nobody.loginRequest({ ...login, password: 'another password' })
})

type Auth = Parameters<ConstructorParameters<typeof InteractiveAuth<unknown>>[0]['doRequest']>[0]

/** Lets the client's own machinery find its way through user-interactive authentication. */
function interactively<T>(
  matrixClient: MatrixClient,
  doRequest: (auth: Auth) => Promise<T>,
  answer?: { type: string; password: string },
): Promise<T> {
  const interaction: InteractiveAuth<T> = new InteractiveAuth<T>({
    matrixClient,
    doRequest,
    stateUpdated(stage) {
      if (stage === answer?.type) interaction.submitAuthDict(answer).catch(assert.fail)
    },
    requestEmailToken: () => Promise.reject(new Error('there is no e-mail')),
  })
  return interaction.attemptAuth()
}

const silent: Logger = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  getChild: () => silent,
}
