import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { authEventKeys, selectAuthEvents } from './auth-events.ts'
import { supportedRoomVersions } from './room-versions.ts'

const sender = '@alice:here.example'
const target = '@bob:here.example'
const authoriser = '@carol:here.example'
const third_party_invite = { signed: { token: 'token', mxid: target } }

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`
  const common = [
    ...(version.roomIdFromCreateEvent ? [] : ['m.room.create|']),
    'm.room.power_levels|',
    `m.room.member|${sender}`,
  ]
  const keysOf = (type: string, content: JsonObject, state_key?: string) =>
    authEventKeys(version, { type, sender, content, ...(state_key !== undefined && { state_key }) }).map(
      (key) => `${key.type}|${key.stateKey}`,
    )
  const memberKeys = (membership: string, content: JsonObject = {}, of = target) =>
    keysOf('m.room.member', { membership, ...content }, of)

  test(named('a create event cites nothing'), () => {
    assert.deepEqual(keysOf('m.room.create', {}, ''), [])
  })

  test(named('every event cites what gives its sender power'), () => {
    assert.deepEqual(keysOf('m.room.message', {}), common)
    assert.deepEqual(keysOf('m.room.power_levels', {}, ''), common)
    assert.deepEqual(keysOf('m.room.message', { membership: 'join', third_party_invite }, target), common)
  })

  test(named('a membership event cites its target, and the join rules if it lets somebody in'), () => {
    const withTarget = [...common, `m.room.member|${target}`]
    for (const membership of ['leave', 'ban', 'org.example.lurk'])
      assert.deepEqual(memberKeys(membership), withTarget)
    for (const membership of ['join', 'invite', 'knock']) {
      assert.deepEqual(memberKeys(membership), [...withTarget, 'm.room.join_rules|'])
    }
  })

  test(named('nothing is cited twice'), () => {
    assert.deepEqual(memberKeys('leave', {}, sender), common)
    assert.deepEqual(memberKeys('join', { join_authorised_via_users_server: sender }, sender), [
      ...common,
      'm.room.join_rules|',
    ])
  })

  test(named('an invite in exchange for a third-party one cites that'), () => {
    const usual = [...common, `m.room.member|${target}`, 'm.room.join_rules|']
    assert.deepEqual(memberKeys('invite', { third_party_invite }), [
      ...usual,
      'm.room.third_party_invite|token',
    ])
    assert.deepEqual(memberKeys('join', { third_party_invite }), usual)
    for (const malformed of [null, 'x', {}, { signed: null }, { signed: {} }, { signed: { token: 5 } }]) {
      assert.deepEqual(memberKeys('invite', { third_party_invite: malformed }), usual)
    }
  })

  test(named('an authorised join cites who authorised it, where the version knows such joins'), () => {
    const usual = [...common, `m.room.member|${target}`, 'm.room.join_rules|']
    const content = { join_authorised_via_users_server: authoriser }
    assert.deepEqual(
      memberKeys('join', content),
      version.restrictedJoins ? [...usual, `m.room.member|${authoriser}`] : usual,
    )
    assert.deepEqual(memberKeys('invite', content), usual)
    assert.deepEqual(memberKeys('join', { join_authorised_via_users_server: 5 }), usual)
  })

  test(named('only what is in the state is cited'), () => {
    const state = new Map([
      ['m.room.create|', 'create'],
      [`m.room.member|${sender}`, 'sender'],
      ['m.room.topic|', 'topic'],
    ])
    const selected = selectAuthEvents(
      version,
      { type: 'm.room.message', sender, content: {} },
      (type, stateKey) => state.get(`${type}|${stateKey}`),
    )
    assert.deepEqual(selected, version.roomIdFromCreateEvent ? ['sender'] : ['create', 'sender'])
  })
}
