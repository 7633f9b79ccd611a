import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeclaredRoute } from '../../src/platform/http/declared-routes.ts'
import { testApp } from '../../src/platform/testing/app.ts'

type Answer = { status: number; errcode: unknown; interactive: boolean }

const tokenMissing = '401 M_MISSING_TOKEN'
const tokenUnknown = '401 M_UNKNOWN_TOKEN'
const guestForbidden = '403 M_GUEST_ACCESS_FORBIDDEN'
const administratorOnly = '403 M_FORBIDDEN'

test('every route answers nobody, an unknown token, a guest and a person without office as its access says', async (t) => {
  const { http, routes } = await testApp(t)

  async function ask(route: DeclaredRoute, token?: string): Promise<Answer> {
    const answer = await http.inject({
      method: asMethod(route.method),
      url: route.path.replaceAll(/:\w+/g, 'x'),
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(route.method !== 'GET' && { payload: '{}' }),
    })
    const text = answer.headers['content-type']?.toString().startsWith('application/json')
    const body: Record<string, unknown> = text ? answer.json() : {}
    return { status: answer.statusCode, errcode: body['errcode'], interactive: 'flows' in body }
  }

  const guest = await http.inject({
    method: 'POST',
    url: '/_matrix/client/v3/register?kind=guest',
    payload: {},
  })
  const guestToken: string = guest.json().access_token
  assert.equal(typeof guestToken, 'string')

  const person = await http.inject({
    method: 'POST',
    url: '/_matrix/client/v3/register',
    payload: { username: 'person', password: 'correct horse', auth: { type: 'm.login.dummy' } },
  })
  const personToken: string = person.json().access_token
  assert.equal(typeof personToken, 'string')

  const wrong: string[] = []
  const expect = (route: DeclaredRoute, who: string, answer: Answer, holds: boolean) => {
    if (!holds) wrong.push(`${route.method} ${route.path} (${route.access}) told ${who}: ${summary(answer)}`)
  }
  for (const route of routes) {
    if (route.access === 'operator') {
      const far = await http.inject({
        method: asMethod(route.method),
        url: route.path,
        remoteAddress: '203.0.113.9',
      })
      expect(
        route,
        'a far machine',
        { status: far.statusCode, errcode: '', interactive: false },
        far.statusCode === 403,
      )
      continue
    }
    const nobody = await ask(route)
    if (route.access === 'key') {
      // Its service says so, in the form of the API that the key is for.
      for (const token of [personToken, 'sk_test_unknown']) {
        const answer = await ask(route, token)
        expect(route, token, answer, answer.status === 401)
      }
      expect(route, 'nobody', nobody, nobody.status === 401)
      continue
    }
    const stranger = await ask(route, 'dure_unknown')
    const open = route.access === 'public' || route.access === 'optional'
    expect(
      route,
      'nobody',
      nobody,
      open ? nobody.status !== 401 || nobody.interactive : summary(nobody) === tokenMissing,
    )
    expect(
      route,
      'a stranger',
      stranger,
      route.access === 'public'
        ? stranger.status !== 401 || stranger.interactive
        : summary(stranger) === tokenUnknown,
    )
    if (route.access === 'administrator' || route.access === 'application-service') {
      const subject = await ask(route, personToken)
      expect(route, 'a person without office', subject, summary(subject) === administratorOnly)
    }
    if (route.access === 'user' || route.access === 'administrator') {
      const visitor = await ask(route, guestToken)
      expect(route, 'a guest', visitor, summary(visitor) === guestForbidden)
    }
  }
  assert.deepEqual(wrong, [])
  assert(routes.length > 100, `only ${routes.length} routes were found`)
})

function summary({ status, errcode }: Answer): string {
  return `${status} ${errcode}`
}

function asMethod(method: string): 'GET' | 'POST' | 'PUT' | 'DELETE' {
  if (method === 'GET' || method === 'POST' || method === 'PUT' || method === 'DELETE') return method
  throw new Error(`this test cannot send ${method}`)
}
