import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  defaultRoomVersion,
  type RoomVersion,
  roomVersion,
  supportedRoomVersions,
  unsupportedRoomVersions,
} from './room-versions.ts'

function versionsWith(has: (version: RoomVersion) => boolean): string[] {
  return supportedRoomVersions.filter(has).map((version) => version.id)
}

test('versions 3 to 12 are supported, 1 and 2 known but not', () => {
  assert.deepEqual(
    versionsWith(() => true),
    ['3', '4', '5', '6', '7', '8', '9', '10', '11', '12'],
  )
  assert.deepEqual(
    unsupportedRoomVersions.map((version) => version.id),
    ['1', '2'],
  )
})

test('a version is found by its id and by nothing else', () => {
  for (const version of supportedRoomVersions) assert.equal(roomVersion(version.id), version)
  for (const id of ['1', '2', '13', '', '03', '3 ', 'constructor']) assert.equal(roomVersion(id), undefined)
})

test('new rooms are of version 12, as the specification recommends', () => {
  assert.equal(defaultRoomVersion.id, '12')
})

/** https://spec.matrix.org/v1.19/rooms/#feature-matrix and the "changed in" notes of each version's page. */
test('each feature begins, or ends, with the version the specification says', () => {
  const from = (first: number) => versionsWith((version) => Number(version.id) >= first)
  const until = (last: number) => versionsWith((version) => Number(version.id) <= last)

  assert.deepEqual(
    versionsWith((version) => version.knocking),
    from(7),
  )
  assert.deepEqual(
    versionsWith((version) => version.restrictedJoins),
    from(8),
  )
  assert.deepEqual(
    versionsWith((version) => version.knockRestrictedJoins),
    from(10),
  )
  assert.deepEqual(
    versionsWith((version) => version.privilegedCreators),
    from(12),
  )
  assert.deepEqual(
    versionsWith((version) => version.roomIdFromCreateEvent),
    from(12),
  )
  assert.deepEqual(
    versionsWith((version) => version.stateResolution === '2.1'),
    from(12),
  )
  assert.deepEqual(
    versionsWith((version) => version.redactsInContent),
    from(11),
  )
  assert.deepEqual(
    versionsWith((version) => version.creatorInContent),
    until(10),
  )
  assert.deepEqual(
    versionsWith((version) => version.powerLevelValues === 'integer'),
    from(10),
  )
  assert.deepEqual(
    versionsWith((version) => version.powerLevelValues === 'number-or-string'),
    until(5),
  )
  assert.deepEqual(
    versionsWith((version) => version.strictCanonicalJson),
    from(6),
  )
  assert.deepEqual(
    versionsWith((version) => version.notificationLevelsGuarded),
    from(6),
  )
  assert.deepEqual(
    versionsWith((version) => version.aliasesAllowedByDomain),
    until(5),
  )
  assert.deepEqual(
    versionsWith((version) => version.signingKeyValidityEnforced),
    from(5),
  )
  assert.deepEqual(
    versionsWith((version) => version.eventIds === 'url-safe-base64'),
    from(4),
  )
})

test('each version redacts by the rules in force since', () => {
  assert.deepEqual(
    supportedRoomVersions.map((version) => version.redaction),
    ['v1', 'v1', 'v1', 'v6', 'v6', 'v8', 'v9', 'v9', 'v11', 'v11'],
  )
})
