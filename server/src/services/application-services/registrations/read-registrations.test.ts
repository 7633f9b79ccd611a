import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadConfiguration } from '../../../platform/config/load.ts'
import { applicationServicesSettings } from '../config.ts'
import { readRegistrations } from './read-registrations.ts'

const example = `
id: "IRC Bridge"
url: "http://127.0.0.1:1234/"
as_token: "30c05ae90a248a4188e620216fa72e349803310ec83e2a77b34fe90be6081f46"
hs_token: "312df522183efd404ec1cd22d2ffa4bbc76a8c1ccf541dd692eef281356bb74e"
sender_localpart: "_irc_bot"
namespaces:
  users:
    - exclusive: true
      regex: "@_irc_bridge_.*"
  aliases:
    - exclusive: false
      regex: "#_irc_bridge_.*"
  rooms: []
a_setting_of_the_bridge: 5
`

test('the example of the specification is read', async (t) => {
  const [registration] = readRegistrations([await file(t, example)])
  assert(registration)
  assert.equal(registration.id, 'IRC Bridge')
  assert.equal(registration.url, 'http://127.0.0.1:1234')
  assert.equal(registration.rateLimited, true)
  assert.equal(registration.receiveEphemeral, false)
  const [users] = registration.users
  assert.equal(users?.exclusive, true)
  assert(users.pattern.test('@_irc_bridge_somebody:dure.test'))
  assert(!users.pattern.test('@a_irc_bridge_somebody:dure.test'))
  assert.equal(registration.aliases[0]?.exclusive, false)
})

test('a service that wants to be told nothing has no address', async (t) => {
  const [registration] = readRegistrations([
    await file(t, example.replace('"http://127.0.0.1:1234/"', 'null')),
  ])
  assert.equal(registration?.url, undefined)
})

test('everything that is wrong with all files is said at once, and no token is', async (t) => {
  const broken = await file(
    t,
    `
url: ftp://example.org
as_token: short
sender_localpart: "Not Good"
rate_limited: perhaps
protocols: irc
namespaces:
  users: [{ regex: "(", exclusive: true }, { regex: "@a" }]
  rooms: everything
`,
  )
  const paths = [broken, await file(t, example), await file(t, example), '/nowhere/at-all.yaml']
  assert.throws(
    () => readRegistrations(paths),
    ({ message }: Error) => {
      for (const problem of [
        `${broken}: id must`,
        'url must be null or',
        'as_token must',
        'hs_token must',
        'sender_localpart must',
        'rate_limited must be true or false',
        'protocols must be a list',
        'namespaces.users[0].regex must',
        'namespaces.users[1].exclusive must',
        'namespaces.rooms must be a list',
        'has the same id as',
        'has the same as_token as',
        'has the same sender_localpart as',
        '/nowhere/at-all.yaml: ENOENT',
      ])
        assert(message.includes(problem), `${problem} is not in ${message}`)
      assert(!message.includes('30c05ae90a248a'))
      return true
    },
  )
})

test('files are named in the environment, and what they hold is not printed', async (t) => {
  const path = await file(t, example)
  const environment = { DURE_APPLICATION_SERVICES_REGISTRATIONS: path }
  const { applicationServices } = loadConfiguration(
    { applicationServices: applicationServicesSettings },
    { file: undefined, environment },
  )
  assert.equal(applicationServices.registrations[0]?.senderLocalpart, '_irc_bot')
  assert.equal(applicationServicesSettings.registrations.secret, true)
})

async function file(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-registration-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'registration.yaml')
  await writeFile(path, text)
  return path
}
