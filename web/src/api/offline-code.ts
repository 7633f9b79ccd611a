import { keep, readKept } from './database.ts'
import type { Wallet } from './wallet.ts'

/** A key that never leaves this device, known to the server, with which it signs codes while it is not connected. */
type DeviceKey = {
  id: string
  currency: string
  pair: CryptoKeyPair
  /** The server takes no codes of it after that, unless the device was connected in between. */
  endsAtMs: number
  /** Of the next code, so that no two are the same. */
  number: number
}

const place = 'offline-key'
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** Makes this device's key known, or renews it: to be done whenever the server answers. Without secure storage nothing happens. */
export async function renewDeviceKey(wallet: Wallet, currency: string): Promise<void> {
  if (!crypto.subtle) return
  const kept = await readKept<DeviceKey>('kept', place)
  const pair = kept?.pair ?? (await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']))
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', spki))
  const id = hexOf(digest.subarray(0, 16))
  const { ends_ts } = await wallet.renewOfflineKey(id, { public_key: base64Of(spki), currency })
  await keep('kept', place, { id, currency, pair, endsAtMs: ends_ts, number: kept?.number ?? 0 })
}

/** A code for one payment that this device signs by itself; undefined where the server takes none of it. */
export async function signCode(nowMs: number): Promise<{ payload: string; currency: string } | undefined> {
  const key = await readKept<DeviceKey>('kept', place)
  if (!key || nowMs >= key.endsAtMs) return undefined
  await keep('kept', place, { ...key, number: key.number + 1 })
  const signed = bytesToSign(key.id, Math.floor(nowMs / 1000), key.number)
  const way = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = new Uint8Array(await crypto.subtle.sign(way, key.pair.privateKey, signed))
  return { payload: base64Of(Uint8Array.from([...head, ...signed, ...signature])), currency: key.currency }
}

/** As `server/src/services/wallet/counter/code-payload.ts` has it, where each byte is explained. */
const head = Uint8Array.from(
  '850543505630316163 4f05f044555245 635ac258'.match(/[0-9a-f]{2}/g) ?? [],
  (byte) => Number.parseInt(byte, 16),
)

function bytesToSign(keyId: string, atSeconds: number, number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(24)
  bytes.set(
    (keyId.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)),
    0,
  )
  const view = new DataView(bytes.buffer)
  view.setUint32(16, atSeconds)
  view.setUint32(20, number)
  return bytes
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
