import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, type MemberStatus, type Reason, type Situation } from './decide.ts'
import { readPatroniKeys } from './patroni-keys.ts'
import { encodeChallenge, encodeReport, readWatchKeys, reportKeyOf, watchKey } from './watch-keys.ts'

type Keys = Record<string, string>

/** What etcd holds when the site `a` of the leader has burnt and both others say so. */
const patroniKeys: Keys = {
  '/service/dure/leader': 'a',
  '/service/dure/members/a': '{}',
  '/service/dure/members/b': '{}',
  '/service/dure/sync': '{"leader":"a","sync_standby":"b,c","quorum":1}',
  '/service/dure/config': '{"maximum_lag_on_failover":1000}',
  '/service/dure/status': '{"optime":5000}',
}
const watchKeys: Keys = { ...report('b', ['c'], ['a']), ...report('c', ['b'], ['a']) }
const members = [member('b'), member('c')]
const challenge = {
  [watchKey('dure', 'challenge')]: encodeChallenge({ leader: 'a', leaderRevision: '1', by: 'c/n' }),
  [watchKey('dure', 'backoff')]: 'c/n',
}

function report(site: string, reachable: string[], unreachable: string[]): Keys {
  const from = { site, node: 'n' }
  return { [reportKeyOf('dure', from)]: encodeReport({ ...from, reachable, unreachable }) }
}

function member(name: string, changes: Partial<MemberStatus> = {}): MemberStatus {
  return { name, standby: true, streaming: false, position: 4900, ...changes }
}

function verdict(
  changes: Partial<Situation> & {
    patroniKeys?: Keys
    watchKeys?: Keys
    without?: string[]
    stale?: string
  } = {},
): string {
  const entries = (keys: Keys) =>
    Object.entries(keys)
      .filter(([key]) => !changes.without?.includes(key))
      .map(([key, value]) => ({ key, value, createRevision: '1', modRevision: '1', lease: '7' }))
  const outcome = decide({
    self: { site: 'b', node: 'n' },
    sites: ['a', 'b', 'c'],
    off: false,
    reachable: ['c'],
    unreachable: ['a'],
    patroni: readPatroniKeys('dure', entries({ ...patroniKeys, ...changes.patroniKeys })),
    watch: readWatchKeys('dure', entries({ ...watchKeys, ...changes.watchKeys })),
    isFresh: ({ site }) => site !== changes.stale,
    members,
    challengedMs: undefined,
    answerMs: 1_600,
    ...changes,
  })
  return outcome.step === 'nothing' ? outcome.reason : outcome.step
}

test('when everybody else misses the leader it is challenged, and released when it does not answer', () => {
  assert.equal(verdict(), 'challenge')
  const without = ['/service/dure/members/a']
  assert.equal(verdict({ watchKeys: challenge, challengedMs: 1_600, without }), 'release')
  assert.equal(verdict({ watchKeys: challenge, challengedMs: 1_599, without }), 'challenge_pending')
  assert.equal(verdict({ watchKeys: challenge, challengedMs: 1_600 }), 'leader_answered')
})

test('every condition that is missing keeps the watcher from acting', () => {
  const cases: [Reason, Parameters<typeof verdict>[0]][] = [
    ['no_leader', { without: ['/service/dure/leader'] }],
    ['leader_is_here', { patroniKeys: { '/service/dure/leader': 'b' } }],
    ['leader_unknown', { patroniKeys: { '/service/dure/leader': 'somebody' } }],
    ['leader_answers', { unreachable: [], reachable: ['a', 'c'] }],
    ['leader_answers', { patroniKeys: { '/service/dure/leader': 'c' } }],
    ['switched_off', { off: true }],
    ['stopped', { watchKeys: { [watchKey('dure', 'stop')]: '' } }],
    ['paused', { patroniKeys: { '/service/dure/config': '{"pause":true}' } }],
    ['paused', { without: ['/service/dure/config'] }],
    ['failover_requested', { patroniKeys: { '/service/dure/failover': '{"leader":"a"}' } }],
    ['failover_requested', { patroniKeys: { '/service/dure/failover': 'a:b' } }],
    ['others_missing', { stale: 'c' }],
    ['others_missing', { stale: 'b' }],
    ['others_missing', { reachable: [], unreachable: ['a', 'c'] }],
    ['others_missing', { without: [reportKeyOf('dure', { site: 'c', node: 'n' })] }],
    ['others_disagree', { watchKeys: report('c', ['a', 'b'], []) }],
    ['others_disagree', { watchKeys: report('c', [], ['a', 'b']) }],
    ['not_synchronous', { without: ['/service/dure/sync'] }],
    [
      'not_synchronous',
      { patroniKeys: { '/service/dure/sync': '{"leader":"c","sync_standby":"b","quorum":0}' } },
    ],
    ['no_candidate', { members: [] }],
    ['no_candidate', { members: [member('b', { standby: false }), member('c', { standby: false })] }],
    ['no_candidate', { members: [member('b', { position: 3999 }), member('c', { position: 3999 })] }],
    ['too_few_votes', { members: [member('b')] }],
    ['too_few_votes', { members: [member('b'), member('c', { standby: false })] }],
    ['backing_off', { watchKeys: { [watchKey('dure', 'backoff')]: '' } }],
    [
      'still_streaming',
      {
        watchKeys: challenge,
        challengedMs: 2_000,
        without: ['/service/dure/members/a'],
        members: [member('b'), member('c', { streaming: true })],
      },
    ],
  ]
  for (const [reason, changes] of cases) assert.equal(verdict(changes), reason, JSON.stringify(changes))
})

test('what Patroni leaves of a switch-over that is over keeps nobody from acting', () => {
  for (const left of ['{}', '', '{"leader":null,"member":""}'])
    assert.equal(verdict({ patroniKeys: { '/service/dure/failover': left } }), 'challenge', left)
})

test('a challenge of an earlier leader neither counts nor is repeated', () => {
  const earlier = encodeChallenge({ leader: 'a', leaderRevision: '0', by: 'c/n' })
  const watch = { [watchKey('dure', 'challenge')]: earlier }
  assert.equal(
    verdict({ watchKeys: watch, challengedMs: 5_000, without: ['/service/dure/members/a'] }),
    'backing_off',
  )
})

test('with one voter left that one needs no other vote', () => {
  const sync = { '/service/dure/sync': '{"leader":"a","sync_standby":"b","quorum":0}' }
  assert.equal(verdict({ patroniKeys: sync, members: [member('b')] }), 'challenge')
})

test('two nodes of a site must agree', () => {
  const second = { site: 'c', node: 'm' }
  const key = reportKeyOf('dure', second)
  const says = (reachable: string[], unreachable: string[]) =>
    encodeReport({ ...second, reachable, unreachable })
  assert.equal(verdict({ watchKeys: { [key]: says(['b'], ['a']) } }), 'challenge')
  assert.equal(verdict({ watchKeys: { [key]: says(['a', 'b'], []) } }), 'others_disagree')
})

test('what cannot be understood is not acted upon', () => {
  assert.throws(() => verdict({ patroniKeys: { '/service/dure/sync': '{' } }))
  assert.equal(
    verdict({ watchKeys: { [reportKeyOf('dure', { site: 'c', node: 'n' })]: '{' } }),
    'others_missing',
  )
})
