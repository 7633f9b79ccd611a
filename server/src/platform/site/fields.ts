/**
 * Reads one section of a document field by field. A problem is noted, never thrown, and a harmless value takes its place, so
 * that one reading finds them all; the caller throws when there are any.
 */
export type Fields = {
  text(name: string, isGood: (value: string) => boolean, otherwise: string): string
  optionalText(name: string): string | undefined
  /** Required unless there is a `fallback`. */
  integer(name: string, bounds: { min: number; max: number; fallback?: number }): number
  choice<const Option extends string>(name: string, options: readonly Option[], fallback: Option): Option
  section<T>(name: string, read: (fields: Fields) => T): T | undefined
  list<T>(name: string, countMax: number, read: (fields: Fields) => T): T[]
  /** Comes last: a field that nobody asked for is misspelt. */
  refuseOthers(): void
}

const textLengthMax = 300

/** `path` names the section in messages; it is empty for the document itself. */
export function readFields(value: unknown, path: string, problems: string[]): Fields {
  const isSection = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isSection) problems.push(`${path || 'the file'}: must hold names and values`)
  const values = isSection ? (value as Record<string, unknown>) : {}
  const asked = new Set<string>()

  const placeOf = (name: string) => (path === '' ? name : `${path}.${name}`)
  const take = (name: string) => {
    asked.add(name)
    return values[name] ?? undefined
  }
  // A section that is missing or no section is one problem, not one for each of its fields.
  const note = (name: string, problem: string) => {
    if (isSection) problems.push(`${placeOf(name)}: ${problem}`)
  }

  return {
    text(name, isGood, otherwise) {
      const found = take(name)
      if (typeof found === 'string' && found.length <= textLengthMax && isGood(found)) return found
      note(name, found === undefined ? `is missing; it ${otherwise}` : otherwise)
      return ''
    },
    optionalText(name) {
      const found = take(name)
      if (found === undefined) return undefined
      if (typeof found === 'string' && found !== '' && found.length <= textLengthMax) return found
      note(name, `must be text of at most ${textLengthMax} characters`)
      return undefined
    },
    integer(name, { min, max, fallback }) {
      const found = take(name) ?? fallback
      if (typeof found === 'number' && Number.isSafeInteger(found) && found >= min && found <= max)
        return found
      note(name, `must be a whole number from ${min} to ${max}`)
      return min
    },
    choice(name, options, fallback) {
      const found = take(name) ?? fallback
      const option = options.find((candidate) => candidate === found)
      if (option === undefined) note(name, `must be one of ${options.join(', ')}`)
      return option ?? fallback
    },
    section(name, read) {
      const found = take(name)
      return found === undefined ? undefined : read(readFields(found, placeOf(name), problems))
    },
    list(name, countMax, read) {
      const found = take(name)
      if (!Array.isArray(found) || found.length === 0 || found.length > countMax) {
        note(name, `must be a list of 1 to ${countMax}`)
        return []
      }
      return found.map((item, index) => read(readFields(item, `${placeOf(name)}[${index}]`, problems)))
    },
    refuseOthers() {
      for (const name of Object.keys(values)) if (!asked.has(name)) note(name, 'there is no such setting')
    },
  }
}
