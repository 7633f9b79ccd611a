/**
 * Values read from the database and kept in memory, at most `max` of them, the least recently used going first.
 * Each belongs to a group (a person, a room) that is dropped when something in it changed.
 *
 * A load that was under way when its group was dropped answers those who already waited for it, and is not kept:
 * so a value that was read before a change can never stay behind the change.
 */
export type ReadCache<Value> = {
  /** The kept value, or what `load` gives; `undefined` and failures are not kept. Loads of one key are shared. */
  get(group: string, key: string, load: () => Promise<Value | undefined>): Promise<Value | undefined>
  drop(group: string): void
  clear(): void
}

type Entry<Value> = { group: string; value: Promise<Value | undefined> }

export function createReadCache<Value>(options: { max: number }): ReadCache<Value> {
  const entries = new Map<string, Entry<Value>>()
  const keysOfGroup = new Map<string, Set<string>>()

  function remove(key: string, entry: Entry<Value>): void {
    if (entries.get(key) !== entry) return
    entries.delete(key)
    const keys = keysOfGroup.get(entry.group)
    keys?.delete(key)
    if (keys?.size === 0) keysOfGroup.delete(entry.group)
  }

  function add(group: string, key: string, load: () => Promise<Value | undefined>): Entry<Value> {
    const entry: Entry<Value> = { group, value: load() }
    entries.set(key, entry)
    const keys = keysOfGroup.get(group)
    if (keys) keys.add(key)
    else keysOfGroup.set(group, new Set([key]))
    entry.value.then(
      (value) => value === undefined && remove(key, entry),
      () => remove(key, entry),
    )
    const [oldest] = entries
    if (entries.size > options.max && oldest) remove(...oldest)
    return entry
  }

  return {
    get(group, key, load) {
      const entry = entries.get(key)
      if (!entry) return add(group, key, load).value
      // Deleting first keeps the map in order of last use.
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    drop(group) {
      for (const key of keysOfGroup.get(group) ?? []) entries.delete(key)
      keysOfGroup.delete(group)
    },
    clear() {
      entries.clear()
      keysOfGroup.clear()
    },
  }
}
