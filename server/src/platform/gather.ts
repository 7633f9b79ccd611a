/**
 * Turns lookups of single keys into one lookup of all keys that are asked for in the same turn of the event loop:
 * code that works on many things at once may ask for each by itself and costs one query.
 */
export function gather<Value>(
  load: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let keys = new Set<string>()
  let loading: Promise<ReadonlyMap<string, Value>> | undefined

  async function loadAll(): Promise<ReadonlyMap<string, Value>> {
    await new Promise(setImmediate)
    const wanted = [...keys]
    keys = new Set()
    loading = undefined
    return load(wanted)
  }

  return async (key) => {
    keys.add(key)
    loading ??= loadAll()
    return (await loading).get(key)
  }
}
