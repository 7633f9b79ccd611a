/** What the app keeps on this device (`src/api/database.ts`), read without ever making or changing it. */
export async function readKept<Value>(key: string): Promise<Value | undefined> {
  const database = await open()
  if (!database?.objectStoreNames.contains('kept')) return undefined
  return new Promise((resolve) => {
    const read = database.transaction('kept').objectStore('kept').get(key)
    read.onsuccess = () => {
      resolve(read.result as Value | undefined)
      database.close()
    }
    read.onerror = () => resolve(undefined)
  })
}

function open(): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('dure')
    // Nobody has ever signed in here: making the database is the app's to do.
    opening.onupgradeneeded = () => opening.transaction?.abort()
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => resolve(undefined)
  })
}
