/**
 * Where a key of the secret storage comes from when the SDK asks for one: whoever unlocks or makes it puts it here. It
 * stays until the page is closed, and is never written down.
 */
const unlocked = new Map<string, Uint8Array<ArrayBuffer>>()

export function rememberSecretKey(id: string, key: Uint8Array<ArrayBuffer>): void {
  unlocked.set(id, key)
}

export const secretKeyCallbacks = {
  async getSecretStorageKey({
    keys,
  }: {
    keys: Record<string, unknown>
  }): Promise<[string, Uint8Array<ArrayBuffer>] | null> {
    for (const id of Object.keys(keys)) {
      const key = unlocked.get(id)
      if (key) return [id, key]
    }
    return null
  },
  cacheSecretStorageKey(id: string, _info: unknown, key: Uint8Array<ArrayBuffer>): void {
    rememberSecretKey(id, key)
  },
}
