import type { Registry } from 'prom-client'
import { createBatcher } from '../../platform/batch.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { JsonObject } from '../../platform/json.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import type { Identity } from '../identity/api.ts'
import type { Keys } from './api.ts'
import { followChanges } from './changes.ts'
import type { KeysSettings } from './config.ts'
import { createCountCache } from './counts.ts'
import {
  type BackupKey,
  type BackupRooms,
  type BackupScope,
  type BackupState,
  deleteBackupKeys,
  putBackupKeys,
  readBackupKey,
  readBackupKeys,
  type StoredKey,
} from './operations/backup-keys.ts'
import {
  type BackupVersion,
  createBackup,
  deleteBackup,
  readBackup,
  updateBackup,
} from './operations/backup-versions.ts'
import { type ClaimedKey, claimAll, type WantedKey } from './operations/claim-keys.ts'
import { type DeviceListChanges, deviceListChanges } from './operations/device-list-changes.ts'
import { forgetClaimedKeys, forgetDevices, forgetUser } from './operations/forget.ts'
import { type QueryResult, queryKeys } from './operations/query-keys.ts'
import { readCounts } from './operations/read-counts.ts'
import { type CrossSigningRequest, uploadCrossSigning } from './operations/upload-cross-signing.ts'
import { type UploadRequest, uploadKeys } from './operations/upload-keys.ts'
import {
  type SignatureFailures,
  type SignedObjects,
  uploadSignatures,
} from './operations/upload-signatures.ts'

export type KeysDeps = {
  db: Database
  stream: Stream
  jobs: Pick<Jobs, 'repeat'>
  clock: Clock
  metrics: Registry
  identity: Pick<Identity, 'devices'>
  rooms: Parameters<typeof deviceListChanges>[0]['rooms']
  settings: KeysSettings
}

export type KeysService = Keys & {
  upload(request: UploadRequest): Promise<Record<string, number>>
  query(viewer: string, wanted: ReadonlyMap<string, readonly string[]>): Promise<QueryResult>
  claim(wanted: readonly WantedKey[]): Promise<ClaimedKey[]>
  deviceListChanges(userId: string, range: { after: Position; upTo: Position }): Promise<DeviceListChanges>
  uploadCrossSigning(request: CrossSigningRequest): Promise<void>
  uploadSignatures(signer: string, objects: SignedObjects): Promise<SignatureFailures>
  backup: KeyBackup
  /** For the jobs that identity enqueues when devices or accounts end. */
  forgetDevices(userId: string, deviceIds: readonly string[]): Promise<void>
  forgetUser(userId: string): Promise<void>
}

export type KeyBackup = {
  create(userId: string, backup: { algorithm: string; authData: JsonObject }): Promise<string>
  /** Without a version: the current one. */
  read(userId: string, version?: string): Promise<BackupVersion>
  update(userId: string, version: string, update: Parameters<typeof updateBackup>[3]): Promise<void>
  remove(userId: string, version: string): Promise<void>
  putKeys(userId: string, version: string, rooms: BackupRooms): Promise<BackupState>
  key(userId: string, version: string, scope: Required<BackupScope>): Promise<BackupKey>
  keys(userId: string, version: string, roomId?: string): AsyncGenerator<StoredKey[]>
  removeKeys(userId: string, version: string, scope: BackupScope): Promise<BackupState>
}

const hourMs = 3_600_000

export function createKeys(deps: KeysDeps): KeysService {
  const { clock, settings } = deps
  const counts = createCountCache(createCountReader(deps), settings.countsRemembered)
  const recent = followChanges({ ...deps, counts }, settings.remembered)
  const claims = createBatcher(deps, {
    name: 'keys_claim',
    sizeMax: 64,
    waitingMax: 10_000,
    run: (requests: readonly (readonly WantedKey[])[]) => claimAll(deps, requests),
  })
  deps.jobs.repeat('keys.forget_claimed', hourMs, () =>
    forgetClaimedKeys(deps, clock.now() - settings.claimedKeysKept),
  )

  const keys: Keys = {
    changedUsers: (userIds, after, _upTo, viewer) => recent.changedUsers(userIds, after, viewer),
    counts: (userId, deviceId) => counts.get(userId, deviceId),
    countsChanged: (userId, deviceId, after) => recent.countsChanged(userId, deviceId, after),
  }
  return {
    ...keys,
    upload: (request) => uploadKeys(deps, request),
    query: (viewer, wanted) => queryKeys(deps, viewer, wanted),
    claim: (wanted) => claims.submit(wanted),
    deviceListChanges: (userId, range) => deviceListChanges({ ...deps, keys }, userId, range),
    uploadCrossSigning: (request) => uploadCrossSigning(deps, request),
    uploadSignatures: (signer, objects) => uploadSignatures(deps, signer, objects),
    backup: createBackups(deps),
    forgetDevices: (userId, deviceIds) => forgetDevices(deps, userId, deviceIds),
    forgetUser: (userId) => forgetUser(deps, userId),
  }
}

/** After a restart many devices ask at once: their counts are read together. */
function createCountReader(deps: KeysDeps) {
  const reads = createBatcher(deps, {
    name: 'keys_counts',
    sizeMax: 256,
    waitingMax: 50_000,
    run: async (devices: readonly { userId: string; deviceId: string }[]) =>
      (await readCounts(deps, devices)).map((value) => ({ value })),
  })
  return (userId: string, deviceId: string) => reads.submit({ userId, deviceId })
}

function createBackups(deps: KeysDeps): KeyBackup {
  return {
    create: (userId, backup) => createBackup(deps, userId, backup),
    read: (userId, version) => readBackup(deps, userId, version),
    update: (userId, version, update) => updateBackup(deps, userId, version, update),
    remove: (userId, version) => deleteBackup(deps, userId, version),
    putKeys: (userId, version, rooms) => putBackupKeys(deps, userId, version, rooms),
    key: (userId, version, scope) => readBackupKey(deps, userId, version, scope),
    keys: (userId, version, roomId) => readBackupKeys(deps, userId, version, roomId),
    removeKeys: (userId, version, scope) => deleteBackupKeys(deps, userId, version, scope),
  }
}
