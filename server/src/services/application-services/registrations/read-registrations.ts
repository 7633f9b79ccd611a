import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Namespace, Registration } from './registration.ts'

const filesMax = 100
const namespacesMax = 1000
const textMax = 1000

/** Reads registration files. Throws one error with every problem of all of them. */
export function readRegistrations(paths: readonly string[]): Registration[] {
  const problems: string[] = []
  if (paths.length > filesMax) problems.push(`at most ${filesMax} files can be named`)
  const registrations = paths.slice(0, filesMax).map((path) => {
    const own: string[] = []
    const registration = readOne(path, own)
    problems.push(...own.map((problem) => `${path}: ${problem}`))
    return registration
  })
  for (const name of ['id', 'asToken', 'senderLocalpart'] as const)
    problems.push(...repeated(name, paths, registrations))
  if (problems.length > 0) throw new Error(problems.join('; '))
  return registrations
}

function readOne(path: string, problems: string[]): Registration {
  let document: unknown
  try {
    document = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error))
    return nothing
  }
  if (!isRecord(document)) {
    problems.push('must hold names and values')
    return nothing
  }
  return readDocument(document, problems)
}

/** Members that nobody asks for are let be: services keep settings of their own in their registration. */
function readDocument(document: Record<string, unknown>, problems: string[]): Registration {
  const text = (name: string, isGood: (value: string) => boolean, otherwise: string): string => {
    const value = document[name]
    if (typeof value === 'string' && value.length <= textMax && isGood(value)) return value
    problems.push(`${name} ${otherwise}`)
    return ''
  }
  const flag = (name: string, fallback: boolean): boolean => {
    const value = document[name] ?? fallback
    if (typeof value === 'boolean') return value
    problems.push(`${name} must be true or false`)
    return fallback
  }
  const token = 'must be a text of at least 16 characters without spaces'
  const namespaces = isRecord(document['namespaces']) ? document['namespaces'] : {}
  if (!isRecord(document['namespaces'])) problems.push('namespaces must hold users, aliases and rooms')
  const oldEphemeral = flag('de.sorunome.msc2409.push_ephemeral', false)
  return {
    id: text('id', (value) => /^[^\p{Cc}]+$/u.test(value), 'must be a text'),
    url: readUrl(document['url'], problems),
    asToken: text('as_token', isToken, token),
    hsToken: text('hs_token', isToken, token),
    senderLocalpart: text(
      'sender_localpart',
      (value) => /^[a-z0-9._=\-/+]+$/.test(value),
      'must be the local part of a user id, in lower case',
    ),
    users: readNamespaces('users', namespaces['users'], problems),
    aliases: readNamespaces('aliases', namespaces['aliases'], problems),
    rooms: readNamespaces('rooms', namespaces['rooms'], problems),
    rateLimited: flag('rate_limited', true),
    receiveEphemeral: flag('receive_ephemeral', oldEphemeral),
    ephemeralByOldName: oldEphemeral,
    protocols: readProtocols(document['protocols'], problems),
  }
}

function isToken(value: string): boolean {
  return /^[\x21-\x7e]{16,}$/.test(value)
}

function readUrl(value: unknown, problems: string[]): string | undefined {
  if (value === null) return undefined
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isGood =
    url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '' && url.hash === ''
  if (isGood) return url.href.replace(/\/+$/, '')
  problems.push('url must be null or an address that begins with http:// or https://')
  return undefined
}

/**
 * As in other homeservers an expression is held against the beginning of a name: `@_irc_` includes all that begin so.
 * Expressions in the common ground of POSIX and JavaScript mean the same in both.
 */
function readNamespaces(kind: string, value: unknown, problems: string[]): Namespace[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > namespacesMax) {
    problems.push(`namespaces.${kind} must be a list of at most ${namespacesMax}`)
    return []
  }
  return value.flatMap((item: unknown, index) => {
    const place = `namespaces.${kind}[${index}]`
    const { regex, exclusive } = isRecord(item) ? item : {}
    if (typeof exclusive !== 'boolean') problems.push(`${place}.exclusive must be true or false`)
    const pattern = typeof regex === 'string' && regex.length <= textMax ? compile(regex) : undefined
    if (!pattern) problems.push(`${place}.regex must be a regular expression`)
    return pattern ? [{ pattern, exclusive: exclusive === true }] : []
  })
}

function compile(regex: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${regex})`)
  } catch {
    return undefined
  }
}

function readProtocols(value: unknown, problems: string[]): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length <= 100 && value.every(isName)) return value
  problems.push('protocols must be a list of texts')
  return []
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 255
}

/** Two services must never be taken for each other. Tokens are not repeated in the message. */
function repeated(
  name: 'id' | 'asToken' | 'senderLocalpart',
  paths: readonly string[],
  registrations: readonly Registration[],
): string[] {
  const first = new Map<string, string>()
  const label = { id: 'id', asToken: 'as_token', senderLocalpart: 'sender_localpart' }[name]
  return registrations.flatMap((registration, index) => {
    const value = registration[name]
    const path = paths[index] ?? ''
    const other = first.get(value)
    if (value === '') return []
    if (other === undefined) first.set(value, path)
    return other === undefined ? [] : [`${path}: has the same ${label} as ${other}`]
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: Registration = {
  id: '',
  url: undefined,
  asToken: '',
  hsToken: '',
  senderLocalpart: '',
  users: [],
  aliases: [],
  rooms: [],
  rateLimited: true,
  receiveEphemeral: false,
  ephemeralByOldName: false,
  protocols: [],
}
