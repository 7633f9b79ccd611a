import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Setting, Slice, Values } from './settings.ts'

export type Slices = Record<string, Slice>
export type Configuration<S extends Slices> = { readonly [K in keyof S]: Values<S[K]> }

/** Every problem of a configuration at once, so that nobody has to fix them one start at a time. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    )
    this.name = 'ConfigurationError'
    this.problems = problems
  }
}

export type Sources = {
  /** Text of the YAML file, when there is one. */
  file: string | undefined
  environment: Readonly<Record<string, string | undefined>>
}

/** Variables of the environment that begin with DURE_ and are read elsewhere. */
const otherVariables = new Set(['DURE_CONFIG'])

/**
 * Reads all slices: defaults, then the file, then the environment. Throws `ConfigurationError` with every problem,
 * unknown names included, because a misspelt setting that is silently ignored is a trap.
 */
export function loadConfiguration<S extends Slices>(slices: S, sources: Sources): Configuration<S> {
  const problems: string[] = []
  const file = readFile(sources.file, problems)
  const result: Record<string, Record<string, unknown>> = {}
  const knownVariables = new Set(otherVariables)
  for (const [sliceName, slice] of Object.entries(slices)) {
    const values: Record<string, unknown> = {}
    const section = file[sliceName]
    reportUnknown(sliceName, section, slice, problems)
    for (const [name, setting] of Object.entries(slice)) {
      const variable = variableOf(sliceName, name, setting)
      knownVariables.add(variable).add(`${variable}_FILE`)
      values[name] = readSetting(
        { setting, variable, path: `${sliceName}.${name}`, section, name },
        sources,
        problems,
      )
    }
    result[sliceName] = values
  }
  for (const name of Object.keys(file)) {
    if (!(name in slices)) problems.push(`${name}: there is no such section`)
  }
  for (const variable of Object.keys(sources.environment)) {
    if (variable.startsWith('DURE_') && !knownVariables.has(variable))
      problems.push(`${variable}: there is no such setting`)
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
  return result as Configuration<S>
}

/** `media.uploadBytesMax` is DURE_MEDIA_UPLOAD_BYTES_MAX unless the setting names its variable. */
export function variableOf(slice: string, name: string, setting: Setting<unknown>): string {
  if (setting.env) return setting.env
  return `DURE_${slice}_${name}`
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()
}

type Place = { setting: Setting<unknown>; variable: string; path: string; section: unknown; name: string }

function readSetting(place: Place, sources: Sources, problems: string[]): unknown {
  const { setting, variable, path, section, name } = place
  try {
    const fromEnvironment = environmentValue(setting, variable, sources.environment)
    if (fromEnvironment !== undefined) return setting.read(fromEnvironment)
  } catch (error) {
    problems.push(`${variable}: ${messageOf(error)}`)
    return setting.fallback
  }
  if (!isRecord(section) || section[name] === undefined || section[name] === null) return setting.fallback
  try {
    return setting.read(section[name])
  } catch (error) {
    problems.push(`${path}: ${messageOf(error)}`)
    return setting.fallback
  }
}

function environmentValue(
  setting: Setting<unknown>,
  variable: string,
  environment: Sources['environment'],
): string | undefined {
  const file = environment[`${variable}_FILE`]
  if (file === undefined) return environment[variable]
  if (!setting.secret) throw new Error('only secrets can be read from a file')
  return readFileSync(file, 'utf8').trimEnd()
}

function readFile(text: string | undefined, problems: string[]): Record<string, unknown> {
  if (text === undefined) return {}
  try {
    const value: unknown = parse(text)
    if (value === null) return {}
    if (isRecord(value)) return value
    problems.push('the file must hold sections with settings')
  } catch (error) {
    problems.push(`the file is not YAML: ${messageOf(error)}`)
  }
  return {}
}

function reportUnknown(sliceName: string, section: unknown, slice: Slice, problems: string[]): void {
  if (section === undefined || section === null) return
  if (!isRecord(section)) problems.push(`${sliceName}: must be a section with settings`)
  else
    for (const name of Object.keys(section))
      if (!(name in slice)) problems.push(`${sliceName}.${name}: there is no such setting`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
