import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { alice, bob, pushFixture } from '../testing.ts'

const notify = { actions: ['notify'] }
const cake = { pattern: 'cake*lie', actions: ['notify', { set_tweak: 'sound', value: 'cake.wav' }] }

test('a person without changes is shown the predefined rules', async (t) => {
  const { nodes, db } = await pushFixture(t)
  const { status, body } = await nodes[0].request(alice, 'GET', '/')
  assert.equal(status, 200)
  assert.deepEqual(body, await nodes[0].push.pushRules(alice))
  const { body: global } = await nodes[0].request(alice, 'GET', '/global/')
  assert.deepEqual(body, { global })
  assert.deepEqual(Object.keys(global).sort(), ['content', 'override', 'room', 'sender', 'underride'])
  assert.deepEqual(await db.rows(sql`select from push.ruleset`), [])
})

test('a rule that is put is shown, enabled and not default, on every node', async (t) => {
  const { nodes } = await pushFixture(t, { nodes: 2 })
  assert.deepEqual(await nodes[0].request(alice, 'PUT', '/global/content/nocake', cake), {
    status: 200,
    body: {},
  })
  const rule = { rule_id: 'nocake', default: false, enabled: true, ...cake }
  for (const node of nodes) {
    assert.deepEqual(await node.request(alice, 'GET', '/global/content/nocake'), { status: 200, body: rule })
  }
  assert.equal((await nodes[0].request(bob, 'GET', '/global/content/nocake')).status, 404)
})

test('rules are ordered by before and after, and a new one comes first', async (t) => {
  const { nodes } = await pushFixture(t)
  const [{ request }] = nodes
  const put = (path: string) => request(alice, 'PUT', `/global/room/${path}`, notify)
  for (const path of ['!a:x', '!b:x', '!c:x?after=!b:x', '!d:x?before=!a:x&after=!b:x', '!a:x?before=!b:x']) {
    assert.equal((await put(encodeURI(path))).status, 200)
  }
  const { body } = await request(alice, 'GET', '/global/')
  assert(Array.isArray(body['room']))
  assert.deepEqual(
    body['room'].map(
      (rule) => rule !== null && typeof rule === 'object' && 'rule_id' in rule && rule['rule_id'],
    ),
    ['!a:x', '!b:x', '!c:x', '!d:x'],
  )
})

test('conditions are kept as they are, known or not, for override and underride rules alone', async (t) => {
  const { nodes } = await pushFixture(t)
  const conditions = [
    { kind: 'org.example.moon', phase: { full: true } },
    { kind: 'room_member_count', is: '<=10' },
  ]
  for (const kind of ['override', 'underride', 'sender']) {
    await nodes[0].request(alice, 'PUT', `/global/${kind}/beer`, { ...notify, conditions, pattern: 'beer' })
    const { body } = await nodes[0].request(alice, 'GET', `/global/${kind}/beer`)
    assert.deepEqual(body['conditions'], kind === 'sender' ? undefined : conditions)
    assert.equal(body['pattern'], undefined)
  }
})

test('actions of older versions are accepted and dropped', async (t) => {
  const { nodes } = await pushFixture(t)
  const [{ request }] = nodes
  await request(alice, 'PUT', '/global/room/!a:x', { actions: ['dont_notify', 'coalesce'] })
  assert.deepEqual(await request(alice, 'GET', '/global/room/!a:x/actions'), {
    status: 200,
    body: { actions: [] },
  })
})

test('a rule is removed once, and predefined rules never', async (t) => {
  const { nodes } = await pushFixture(t)
  const [{ request }] = nodes
  await request(alice, 'PUT', '/global/content/nocake', cake)
  assert.equal((await request(alice, 'DELETE', '/global/override/nocake')).status, 404)
  assert.deepEqual(await request(alice, 'DELETE', '/global/content/nocake'), { status: 200, body: {} })
  const again = await request(alice, 'DELETE', '/global/content/nocake')
  assert.deepEqual([again.status, again.body['errcode']], [404, 'M_NOT_FOUND'])
  const predefined = await request(alice, 'DELETE', '/global/override/.m.rule.master')
  assert.deepEqual([predefined.status, predefined.body['code']], [404, 'push.rule_predefined'])
})

test('rules of both sorts are enabled, disabled and given other actions', async (t) => {
  const { nodes } = await pushFixture(t)
  const [{ request }] = nodes
  await request(alice, 'PUT', '/global/content/nocake', cake)
  for (const path of ['/global/content/nocake', '/global/underride/.m.rule.message']) {
    assert.deepEqual(await request(alice, 'PUT', `${path}/enabled`, { enabled: false }), {
      status: 200,
      body: {},
    })
    assert.deepEqual((await request(alice, 'GET', `${path}/enabled`)).body, { enabled: false })
    assert.deepEqual(await request(alice, 'PUT', `${path}/actions`, { actions: [] }), {
      status: 200,
      body: {},
    })
    assert.deepEqual((await request(alice, 'GET', `${path}/actions`)).body, { actions: [] })
    const { body } = await request(alice, 'GET', path)
    assert.deepEqual([body['enabled'], body['actions']], [false, []])
  }
})

test('what is not there cannot be read or changed', async (t) => {
  const { nodes } = await pushFixture(t)
  const path = '/global/override/nothing'
  for (const [method, end, body] of [
    ['GET', '', undefined],
    ['DELETE', '', undefined],
    ['GET', '/enabled', undefined],
    ['PUT', '/enabled', { enabled: true }],
    ['GET', '/actions', undefined],
    ['PUT', '/actions', { actions: [] }],
  ] as const) {
    const answer = await nodes[0].request(alice, method, `${path}${end}`, body)
    assert.deepEqual([answer.status, answer.body['errcode']], [404, 'M_NOT_FOUND'], `${method} ${end}`)
  }
})

test('rules that cannot be are refused and nothing is stored', async (t) => {
  const { nodes, db } = await pushFixture(t)
  for (const [path, body, status, errcode] of [
    ['override/.mine', notify, 400, 'M_INVALID_PARAM'],
    ['override/a%2Fb', notify, 400, 'M_INVALID_PARAM'],
    ['override/a%5Cb', notify, 400, 'M_INVALID_PARAM'],
    ['override/a?before=.m.rule.master', notify, 400, 'M_UNKNOWN'],
    ['override/a?after=missing', notify, 400, 'M_UNKNOWN'],
    ['override/a?before=a', notify, 400, 'M_UNKNOWN'],
    ['content/a', notify, 400, 'M_MISSING_PARAM'],
    ['content/a', { ...notify, pattern: 7 }, 400, 'M_BAD_JSON'],
    ['override/a', {}, 400, 'M_MISSING_PARAM'],
    ['override/a', { actions: 'notify' }, 400, 'M_BAD_JSON'],
    ['override/a', { actions: [7] }, 400, 'M_BAD_JSON'],
    ['override/a', { actions: ['shout'] }, 400, 'M_INVALID_PARAM'],
    ['override/a', { actions: [{ sound: 'x' }] }, 400, 'M_INVALID_PARAM'],
    ['override/a', { ...notify, conditions: [{}] }, 400, 'M_MISSING_PARAM'],
    ['moods/a', notify, 400, 'M_INVALID_PARAM'],
    ['content/a', { ...notify, pattern: 'x'.repeat(1000) }, 400, 'M_TOO_LARGE'],
  ] as const) {
    const answer = await nodes[0].request(alice, 'PUT', `/global/${path}`, body)
    assert.deepEqual([answer.status, answer.body['errcode']], [status, errcode], path)
  }
  assert.deepEqual(await db.rows(sql`select from push.ruleset`), [])
})

test('nobody and guests have no push rules', async (t) => {
  const { nodes } = await pushFixture(t)
  assert.equal((await nodes[0].request(undefined, 'GET', '/')).status, 401)
  assert.equal((await nodes[0].request('@guest:dure.test', 'GET', '/')).status, 403)
  assert.equal((await nodes[0].request(undefined, 'PUT', '/global/content/a', cake)).status, 401)
})

test('a change is announced to the clients of the person alone, and a repeated one is not', async (t) => {
  const { nodes, caughtUp } = await pushFixture(t, { nodes: 2 })
  const [, other = nodes[0]] = nodes
  const before = await caughtUp()
  await nodes[0].request(alice, 'PUT', '/global/content/nocake', cake)
  const after = await caughtUp()
  for (const { push } of nodes) {
    assert.equal(await push.pushRulesChanged(alice, before, after), true)
    assert.equal(await push.pushRulesChanged(alice, after, after + 1), false)
    assert.equal(await push.pushRulesChanged(bob, before, after), false)
    assert.deepEqual(await push.pushRules(alice), (await nodes[0].request(alice, 'GET', '/')).body)
  }
  await other.request(alice, 'PUT', '/global/content/nocake', cake)
  assert.equal(await caughtUp(), after)
})

test('changes made at once through two nodes are all kept', async (t) => {
  const { nodes } = await pushFixture(t, { nodes: 2 })
  const ids = Array.from({ length: 20 }, (_, index) => `rule${index}`)
  const answers = await Promise.all(
    ids.map((id, index) =>
      (nodes[index % 2] ?? nodes[0]).request(alice, 'PUT', `/global/sender/${id}`, notify),
    ),
  )
  assert.ok(answers.every(({ status }) => status === 200))
  const { body } = await nodes[0].request(alice, 'GET', '/global/')
  assert(Array.isArray(body['sender']))
  assert.equal(body['sender'].length, ids.length)
})

test('with an account go its rules', async (t) => {
  const { nodes, db } = await pushFixture(t)
  await nodes[0].request(alice, 'PUT', '/global/content/nocake', cake)
  await nodes[0].request(bob, 'PUT', '/global/content/nocake', cake)
  await nodes[0].push.forgetUser(alice)
  assert.deepEqual(await db.rows(sql`select user_id from push.ruleset`), [{ user_id: bob }])
})
