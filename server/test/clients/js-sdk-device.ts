import assert from 'node:assert/strict'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type MatrixClient, type MatrixEvent, SyncState } from 'matrix-js-sdk'
import {
  CryptoEvent,
  type GeneratedSecretStorageKey,
  VerificationPhase,
  type VerificationRequest,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js'
import { type Logger, logger } from 'matrix-js-sdk/lib/logger.js'
import { SlidingSync } from 'matrix-js-sdk/lib/sliding-sync.js'

// A stopped client leaves timers behind that would keep the process of the test alive for minutes.
after(() => void setTimeout(() => process.exit(), 300).unref())

/** One signed-in device: an unmodified matrix-js-sdk client with rust crypto. */
export type Device = { client: MatrixClient; userId: string; deviceId: string; stop(): void }

export const password = 'correct horse battery staple'
const patienceMs = 60_000
const lookEveryMs = 50

const quiet: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, getChild: () => quiet }
// Parts of the client log through this one, whatever logger they are given.
Object.assign(logger, quiet)

export async function registerDevice(baseUrl: string, username: string): Promise<Device> {
  const anonymous = createClient({ baseUrl, logger: quiet })
  const session = await anonymous.registerRequest({ username, password, auth: { type: 'm.login.dummy' } })
  assert(session.access_token && session.device_id)
  return startDevice(baseUrl, {
    userId: session.user_id,
    accessToken: session.access_token,
    deviceId: session.device_id,
  })
}

/** As `registerDevice`, for a device that syncs by sliding sync; its requests go through `fetchFn`. */
export async function registerSlidingDevice(
  baseUrl: string,
  username: string,
  fetchFn: typeof fetch,
): Promise<Device> {
  const anonymous = createClient({ baseUrl, logger: quiet, fetchFn })
  const session = await anonymous.registerRequest({ username, password, auth: { type: 'm.login.dummy' } })
  assert(session.access_token && session.device_id)
  const { user_id: userId, access_token: accessToken, device_id: deviceId } = session
  const client = createClient({ baseUrl, userId, accessToken, deviceId, logger: quiet, fetchFn })
  await client.initRustCrypto({ useIndexedDB: false })
  const list = {
    ranges: [[0, 20]],
    timeline_limit: 20,
    required_state: [
      ['m.room.create', ''],
      ['m.room.name', ''],
      ['m.room.encryption', ''],
      ['m.room.member', '*'],
    ],
  }
  const slidingSync = new SlidingSync(baseUrl, new Map([['all', list]]), list, client, 10_000)
  await client.startClient({ slidingSync })
  await eventually(`${deviceId} syncs`, () => client.getSyncState() === SyncState.Syncing)
  return {
    client,
    userId,
    deviceId,
    stop: () => {
      slidingSync.stop()
      client.stopClient()
    },
  }
}

/** Signs the person in on a further device. `secretKey` is what they would type in: their recovery key. */
export async function logInDevice(
  baseUrl: string,
  userId: string,
  secretKey?: GeneratedSecretStorageKey,
): Promise<Device> {
  const anonymous = createClient({ baseUrl, logger: quiet })
  const session = await anonymous.loginRequest({
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: userId },
    password,
  })
  return startDevice(
    baseUrl,
    { userId, accessToken: session.access_token, deviceId: session.device_id },
    secretKey,
  )
}

async function startDevice(
  baseUrl: string,
  session: { userId: string; accessToken: string; deviceId: string },
  secretKey?: GeneratedSecretStorageKey,
): Promise<Device> {
  let known = secretKey?.privateKey
  const client = createClient({
    baseUrl,
    ...session,
    logger: quiet,
    timelineSupport: true,
    cryptoCallbacks: {
      async getSecretStorageKey({ keys }) {
        const [id] = Object.keys(keys)
        return id !== undefined && known ? [id, known] : null
      },
      cacheSecretStorageKey(_id, _info, key) {
        known = new Uint8Array(key)
      },
    },
  })
  await client.initRustCrypto({ useIndexedDB: false })
  await client.startClient({ initialSyncLimit: 50, threadSupport: true })
  await eventually(
    `${session.deviceId} syncs`,
    () => client.getSyncState() === SyncState.Syncing || client.getSyncState() === SyncState.Prepared,
  )
  return { client, userId: session.userId, deviceId: session.deviceId, stop: () => client.stopClient() }
}

/** Cross-signing, secret storage and key backup for a person's first device; gives the recovery key. */
export async function setUpEncryption({ client, userId }: Device): Promise<GeneratedSecretStorageKey> {
  const crypto = cryptoOf(client)
  await crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (makeRequest) => {
      await makeRequest({
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: userId },
        password,
      })
    },
  })
  const recoveryKey = await crypto.createRecoveryKeyFromPassphrase()
  await crypto.bootstrapSecretStorage({
    createSecretStorageKey: async () => recoveryKey,
    setupNewSecretStorage: true,
    setupNewKeyBackup: true,
  })
  await crypto.checkKeyBackupAndEnable()
  return recoveryKey
}

/** Two devices of one person compare emoji, as people do it. */
export async function verifyByEmoji(fresh: Device, trusted: Device): Promise<void> {
  const received = Promise.withResolvers<VerificationRequest>()
  trusted.client.once(CryptoEvent.VerificationRequestReceived, received.resolve)
  const asked = await cryptoOf(fresh.client).requestOwnUserVerification()
  const request = await received.promise
  await request.accept()
  await phase(asked, VerificationPhase.Ready)
  const verifier = await asked.startVerification('m.sas.v1')
  await phase(request, VerificationPhase.Started)
  assert(request.verifier)
  const [mine, theirs] = await Promise.all([compareEmoji(verifier), compareEmoji(request.verifier)])
  assert.deepEqual(mine, theirs)
  await Promise.all([phase(asked, VerificationPhase.Done), phase(request, VerificationPhase.Done)])
}

/** Confirms what is shown, and gives it. */
async function compareEmoji(verifier: Verifier): Promise<unknown> {
  const shown = Promise.withResolvers<unknown>()
  verifier.on(VerifierEvent.ShowSas, (sas) => {
    shown.resolve(sas.sas.emoji)
    sas.confirm().catch(shown.reject)
  })
  await verifier.verify()
  return shown.promise
}

async function phase(request: VerificationRequest, wanted: VerificationPhase): Promise<void> {
  await eventually(`the verification reaches phase ${wanted}`, () => request.phase >= wanted)
  assert.notEqual(request.phase, VerificationPhase.Cancelled, `cancelled: ${request.cancellationCode}`)
}

export function cryptoOf(client: MatrixClient) {
  const crypto = client.getCrypto()
  assert(crypto, 'initRustCrypto has run')
  return crypto
}

/**
 * Waits until the device shows an event in the room, decrypted when it was encrypted, for which `wanted` holds.
 * Of several events in one answer the client decrypts only the last by itself: an application asks for those it shows.
 */
export async function eventIn(
  { client, deviceId }: Device,
  roomId: string,
  what: string,
  wanted: (event: MatrixEvent) => boolean,
): Promise<MatrixEvent> {
  const find = () => {
    const shown = [
      ...(client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []),
      ...threadEvents(client, roomId),
    ]
    for (const event of shown) void client.decryptEventIfNeeded(event)
    return shown.find((event) => !event.isDecryptionFailure() && wanted(event))
  }
  await eventually(`${deviceId} sees ${what}`, () => find() !== undefined).catch((error: Error) => {
    throw new Error(`${error.message}; it has:\n${describe(client, roomId)}`)
  })
  const event = find()
  assert(event)
  return event
}

function threadEvents(client: MatrixClient, roomId: string): MatrixEvent[] {
  return (client.getRoom(roomId)?.getThreads() ?? []).flatMap((thread) => thread.events)
}

function describe(client: MatrixClient, roomId: string): string {
  const events = client.getRoom(roomId)?.getLiveTimeline().getEvents() ?? []
  return events
    .map(
      (event) =>
        `${event.getType()} ${JSON.stringify(event.getContent()).slice(0, 100)}${event.isDecryptionFailure() ? ` ${event.decryptionFailureReason}` : ''}`,
    )
    .join('\n')
}

/** Waits until `holds`. The client tells of most changes by events, but not of all, and not always when they are in place. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`it never happened: ${what}`)
    await sleep(lookEveryMs)
  }
}
