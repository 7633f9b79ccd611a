import { ClientEvent, type MatrixClient } from 'matrix-js-sdk'
import { CryptoEvent, decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js'
import { keep, readKept } from './database.ts'
import { rememberSecretKey } from './secret-keys.ts'
import { createStore } from './store.ts'
import { withPassword } from './with-password.ts'

/**
 * How the person's encryption stands on this device. `unconfirmed`: nobody has shown yet that the device is theirs, so
 * it cannot read what was said before. `recovery`: a security key exists that opens everything on a new device.
 */
export type Security =
  | { kind: 'unknown' }
  | { kind: 'unconfirmed'; otherDevice: boolean; securityKey: boolean }
  | { kind: 'confirmed'; recovery: boolean }

const state = createStore<Security>({ kind: 'unknown' })
export const security = { get: state.get, subscribe: state.subscribe }

const events = [
  ClientEvent.AccountData,
  CryptoEvent.KeysChanged,
  CryptoEvent.UserTrustStatusChanged,
  CryptoEvent.DevicesUpdated,
  CryptoEvent.KeyBackupStatus,
] as const

/** Looks at how things stand at once, for who has just changed them. */
let lookNow: () => Promise<void> = async () => {}
/** While the keys are being replaced: whoever asked for them now would get the old ones, and the SDK would take those for right. */
let replacing = false

/** What was known last stands until more is: without a connection that may be long. */
export async function startSecurity(): Promise<void> {
  const known = await readKept<Security>('kept', 'security').catch(() => undefined)
  if (known && state.get().kind === 'unknown') state.set(known)
}

/** Follows how things stand, and gives an account its keys when it has none yet. Returns what ends it. */
export function watchSecurity(client: MatrixClient): () => void {
  let looking = false
  let again = false
  let ended = false

  async function look(): Promise<void> {
    again = true
    if (looking || replacing) return
    looking = true
    while (again && !ended && !replacing) {
      again = false
      // Without a connection nothing is known; the next change tells more.
      const found = await read(client).catch(() => undefined)
      if (!found || ended || JSON.stringify(found) === JSON.stringify(state.get())) continue
      state.set(found)
      await keep('kept', 'security', found)
    }
    looking = false
  }

  lookNow = async () => {
    // The SDK knows of its own new signatures only when it asks the server about this account.
    await cryptoOf(client).userHasCrossSigningKeys()
    await look()
  }
  const changed = () => void look()
  for (const event of events) client.on(event, changed)
  changed()
  return () => {
    ended = true
    for (const event of events) client.off(event, changed)
    state.set({ kind: 'unknown' })
  }
}

async function read(client: MatrixClient): Promise<Security> {
  const crypto = cryptoOf(client)
  const me = client.getSafeUserId()
  const own = await crypto.getDeviceVerificationStatus(me, client.getDeviceId() ?? '')
  if (own?.crossSigningVerified)
    return { kind: 'confirmed', recovery: (await crypto.getSecretStorageStatus()).ready }
  if (!(await crypto.userHasCrossSigningKeys(me, true))) {
    await giveFirstKeys(client)
    return { kind: 'confirmed', recovery: false }
  }
  const devices = (await crypto.getUserDeviceInfo([me], true)).get(me) ?? new Map()
  const statuses = await Promise.all(
    [...devices.keys()].map((id: string) => crypto.getDeviceVerificationStatus(me, id)),
  )
  return {
    kind: 'unconfirmed',
    otherDevice: statuses.some((status) => status?.signedByOwner),
    securityKey: (await client.secretStorage.getDefaultKeyId()) !== null,
  }
}

/** The first device of an account makes its keys and a backup of what it will need to read, without asking anything. */
async function giveFirstKeys(client: MatrixClient): Promise<void> {
  const crypto = cryptoOf(client)
  await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: (request) => request(null) })
  // Until the SDK has asked the server about this account it takes its own device for somebody else's.
  await crypto.userHasCrossSigningKeys()
  if (!(await crypto.getKeyBackupInfo())) await crypto.resetKeyBackup()
}

export type SecurityKey = { readable: string; privateKey: Uint8Array<ArrayBuffer> }

/** A new security key, which opens nothing before it is put to use. */
export async function makeSecurityKey(client: MatrixClient): Promise<SecurityKey> {
  const { encodedPrivateKey, privateKey } = await cryptoOf(client).createRecoveryKeyFromPassphrase()
  if (encodedPrivateKey === undefined) throw new Error('the key has no readable form')
  return { readable: encodedPrivateKey, privateKey }
}

/** Puts everything that a new device needs under the key, in place of whichever key opened it before. */
export async function setUpRecovery(client: MatrixClient, key: SecurityKey): Promise<void> {
  const crypto = cryptoOf(client)
  await crypto.bootstrapSecretStorage({
    createSecretStorageKey: async () => ({ privateKey: key.privateKey }),
    setupNewSecretStorage: true,
    setupNewKeyBackup: !(await crypto.getKeyBackupInfo()),
  })
  await lookNow()
}

/** What was typed is not the person's security key. */
export class WrongSecurityKey extends Error {}

/** Confirms this device with the security key and opens the backup of keys; older messages are unlocked as they come. */
export async function unlockWithSecurityKey(client: MatrixClient, typed: string): Promise<void> {
  const crypto = cryptoOf(client)
  const key = decode(typed)
  const stored = await client.secretStorage.getKey()
  if (!stored) throw new WrongSecurityKey('there is no secret storage')
  const [id, info] = stored
  if (!(await client.secretStorage.checkKey(key, info))) throw new WrongSecurityKey('the key does not fit')
  rememberSecretKey(id, key)
  await crypto.bootstrapCrossSigning({})
  if (await client.secretStorage.isStored('m.megolm_backup.v1')) {
    await crypto.loadSessionBackupPrivateKeyFromSecretStorage()
    await crypto.checkKeyBackupAndEnable()
  }
  await lookNow()
}

function decode(typed: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeRecoveryKey(typed)
  } catch (error) {
    throw new WrongSecurityKey('not readable as a key', { cause: error })
  }
}

/**
 * Begins anew, for who has neither another device nor the key. What only the old keys open stays locked. Resolves with
 * `false` when the password is not right, and then nothing has changed.
 */
export async function resetSecurity(client: MatrixClient, password: string): Promise<boolean> {
  return withPassword(client, password, async (answer) => {
    // The SDK throws the old keys away before the server asks for the password: signing out of no device makes it ask first.
    await answer((auth) => client.deleteMultipleDevices([], auth ?? undefined))
    replacing = true
    await cryptoOf(client)
      .resetEncryption(answer)
      .finally(() => {
        replacing = false
      })
    await lookNow()
  })
}

function cryptoOf(client: MatrixClient) {
  const crypto = client.getCrypto()
  if (!crypto) throw new Error('the client was started without encryption')
  return crypto
}
