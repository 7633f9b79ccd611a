/**
 * One setting: what it means, its default, and how to read it from the file (any YAML value) or the environment (text).
 * `read` throws an `Error` whose message completes "DURE_X ...", for example "must be a whole number".
 */
export type Setting<Value> = {
  doc: string
  fallback: Value
  read(raw: unknown): Value
  /** Environment variable, when it is not derived from the path. */
  env?: string
  /** Never printed; may be given as a file through `<ENV>_FILE`. */
  secret?: boolean
}

/** A service's slice of the configuration: its settings by camelCase name. */
export type Slice = Record<string, Setting<unknown>>
export type Values<S extends Slice> = {
  readonly [K in keyof S]: S[K] extends Setting<infer Value> ? Value : never
}

type Extra = { env?: string; secret?: boolean }

export function text(doc: string, fallback: string, extra: Extra = {}): Setting<string> {
  return {
    doc,
    fallback,
    ...extra,
    read(raw) {
      if (typeof raw !== 'string') throw new Error('must be text')
      return raw
    },
  }
}

/** Text that may be absent. */
export function optionalText(doc: string, extra: Extra = {}): Setting<string | undefined> {
  return {
    ...text(doc, '', extra),
    fallback: undefined,
    read: (raw) => (raw === '' ? undefined : text(doc, '').read(raw)),
  }
}

export function integer(
  doc: string,
  fallback: number,
  bounds: Extra & { min: number; max: number },
): Setting<number> {
  const { min, max, ...extra } = bounds
  return {
    doc,
    fallback,
    ...extra,
    read(raw) {
      const value = typeof raw === 'string' && /^-?\d+$/.test(raw) ? Number(raw) : raw
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Error('must be a whole number')
      if (value < min || value > max) throw new Error(`must be from ${min} to ${max}`)
      return value
    },
  }
}

const byteUnits: Record<string, number> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** A size in bytes: `52428800` or `50 MiB`. */
export function bytes(doc: string, fallback: number, extra: Extra = {}): Setting<number> {
  return { doc, fallback, ...extra, read: (raw) => readUnit(raw, byteUnits, 'must be a size such as 50 MiB') }
}

const timeUnits: Record<string, number> = { '': 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time span in milliseconds: `1500`, `90 s`, `5 m`, `24 h`, `30 d`. */
export function duration(doc: string, fallbackMs: number, extra: Extra = {}): Setting<number> {
  return {
    doc,
    fallback: fallbackMs,
    ...extra,
    read: (raw) => readUnit(raw, timeUnits, 'must be a time span such as 90 s'),
  }
}

function readUnit(raw: unknown, units: Record<string, number>, problem: string): number {
  const match = /^(?<count>\d+(?:\.\d+)?)\s*(?<unit>[A-Za-z]*)$/.exec(String(raw).trim())
  const factor = units[match?.groups?.['unit'] ?? 'none']
  if (!match?.groups || factor === undefined) throw new Error(problem)
  return Math.round(Number(match.groups['count']) * factor)
}

export function flag(doc: string, fallback: boolean, extra: Extra = {}): Setting<boolean> {
  const words = new Map<unknown, boolean>([
    [true, true],
    ['on', true],
    ['true', true],
    ['1', true],
    [false, false],
    ['off', false],
    ['false', false],
    ['0', false],
  ])
  return {
    doc,
    fallback,
    ...extra,
    read(raw) {
      const value = words.get(raw)
      if (value === undefined) throw new Error('must be on or off')
      return value
    },
  }
}

export function choice<const Option extends string>(
  doc: string,
  options: readonly Option[],
  fallback: Option,
  extra: Extra = {},
): Setting<Option> {
  return {
    doc: `${doc} One of: ${options.join(', ')}.`,
    fallback,
    ...extra,
    read(raw) {
      const found = options.find((option) => option === raw)
      if (found === undefined) throw new Error(`must be one of ${options.join(', ')}`)
      return found
    },
  }
}

/** A list: a YAML list of text, or text separated by commas. */
export function list(
  doc: string,
  fallback: readonly string[],
  extra: Extra = {},
): Setting<readonly string[]> {
  return {
    doc,
    fallback,
    ...extra,
    read(raw) {
      const items = typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw
      if (!Array.isArray(items) || !items.every((item) => typeof item === 'string'))
        throw new Error('must be a list of text')
      return items.filter((item) => item !== '')
    },
  }
}
