/**
 * Values that are loaded on first use, kept up to date by changes, and let go of when they weigh too much together,
 * the least recently used first. A change that arrives while its value is being loaded is applied to what was
 * loaded, so changes must bear being applied to a value that already has them.
 */
export type LoadingCache<Value> = {
  get(key: string): Promise<Value | undefined>
  /** The value if it is in memory now. */
  peek(key: string): Value | undefined
  /** Changes the value if it is in memory or on its way there. */
  change(key: string, change: (value: Value) => Value): void
  /** Keeps a value that is known without loading, unless one is there: then `change` decides. */
  put(key: string, value: Value, change: (value: Value) => Value): void
  drop(key: string): void
}

type Loading<Value> = { changes: ((value: Value) => Value)[]; result: Promise<Value | undefined> }

export function createLoadingCache<Value>(options: {
  load(key: string): Promise<Value | undefined>
  weigh(value: Value): number
  weightMax: number
}): LoadingCache<Value> {
  const values = new Map<string, Value>()
  const loads = new Map<string, Loading<Value>>()
  let weight = 0

  function set(key: string, value: Value): void {
    remove(key)
    values.set(key, value)
    weight += options.weigh(value)
    for (const oldest of values.keys()) {
      if (weight <= options.weightMax || oldest === key) break
      remove(oldest)
    }
  }

  function remove(key: string): void {
    const value = values.get(key)
    if (value === undefined) return
    weight -= options.weigh(value)
    values.delete(key)
  }

  function touch(key: string): Value | undefined {
    const value = values.get(key)
    if (value === undefined) return undefined
    values.delete(key)
    values.set(key, value)
    return value
  }

  function load(key: string): Loading<Value> {
    const changes: Loading<Value>['changes'] = []
    const loading = { changes, result: finish(key, changes) }
    loads.set(key, loading)
    return loading
  }

  async function finish(key: string, changes: Loading<Value>['changes']): Promise<Value | undefined> {
    try {
      const loaded = await options.load(key)
      if (loaded === undefined) return undefined
      let value: Value = loaded
      for (const apply of changes) value = apply(value)
      if (loads.get(key)?.changes === changes) set(key, value)
      return value
    } finally {
      if (loads.get(key)?.changes === changes) loads.delete(key)
    }
  }

  function change(key: string, apply: (value: Value) => Value): void {
    loads.get(key)?.changes.push(apply)
    const value = values.get(key)
    if (value === undefined) return
    const changed = apply(value)
    if (changed !== value) set(key, changed)
  }

  return {
    async get(key) {
      return touch(key) ?? (loads.get(key) ?? load(key)).result
    },
    peek: touch,
    change,
    put(key, value, apply) {
      if (loads.has(key) || values.has(key)) change(key, apply)
      else set(key, value)
    },
    drop(key) {
      remove(key)
      // What is being loaded may already be out of date: its askers get it, and nobody after them.
      loads.delete(key)
    },
  }
}
