/**
 * What this device keeps besides the SDK's own stores: small things by name, and the outbox. One IndexedDB, opened on
 * first use; a store's content survives reload, crash and being offline.
 */
const databaseName = 'dure'
const version = 1
export type StoreName = 'kept' | 'outbox' | 'drafts'
const storeNames: readonly StoreName[] = ['kept', 'outbox', 'drafts']

let opening: Promise<IDBDatabase> | undefined

export async function readKept<Value>(store: StoreName, key: string): Promise<Value | undefined> {
  return request((await open()).transaction(store).objectStore(store).get(key))
}

export async function readAllKept<Value>(store: StoreName): Promise<Value[]> {
  return request((await open()).transaction(store).objectStore(store).getAll())
}

/** Everything in a store, by its key. */
export async function readKeptEntries<Value>(store: StoreName): Promise<[string, Value][]> {
  const objects = (await open()).transaction(store).objectStore(store)
  const [keys, values] = await Promise.all([
    request<IDBValidKey[]>(objects.getAllKeys()),
    request<Value[]>(objects.getAll()),
  ])
  return keys.map((key, index) => [String(key), values[index] as Value])
}

/** Resolves when the value is on the disk, as far as the browser tells. */
export async function keep(store: StoreName, key: string, value: unknown): Promise<void> {
  const transaction = (await open()).transaction(store, 'readwrite', { durability: 'strict' })
  transaction.objectStore(store).put(value, key)
  await finished(transaction)
}

/** Keeps a value only if another one of the store is still as it has to be, in one step. */
export async function keepWhile<Value>(
  store: StoreName,
  key: string,
  value: unknown,
  condition: { key: string; holds: (found: Value | undefined) => boolean },
): Promise<void> {
  const transaction = (await open()).transaction(store, 'readwrite')
  const objects = transaction.objectStore(store)
  const reading = objects.get(condition.key)
  reading.onsuccess = () => {
    if (condition.holds(reading.result)) objects.put(value, key)
  }
  await finished(transaction)
}

export async function forget(store: StoreName, key: string): Promise<void> {
  const transaction = (await open()).transaction(store, 'readwrite')
  transaction.objectStore(store).delete(key)
  await finished(transaction)
}

/** Empties everything, for signing out. */
export async function forgetAll(): Promise<void> {
  const transaction = (await open()).transaction(storeNames, 'readwrite')
  for (const store of storeNames) transaction.objectStore(store).clear()
  await finished(transaction)
}

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const opened = indexedDB.open(databaseName, version)
    opened.onupgradeneeded = () => {
      for (const store of storeNames)
        if (!opened.result.objectStoreNames.contains(store)) opened.result.createObjectStore(store)
    }
    opened.onsuccess = () => resolve(opened.result)
    opened.onerror = () => reject(opened.error)
  })
  return opening
}

function request<Value>(made: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    made.onsuccess = () => resolve(made.result)
    made.onerror = () => reject(made.error)
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    transaction.onerror = () => reject(transaction.error)
  })
}
