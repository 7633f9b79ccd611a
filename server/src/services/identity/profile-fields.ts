import { type JsonObject, type JsonValue, ownValue } from '../../platform/json.ts'
import { refuse } from './refusals.ts'

const keyBytesMax = 255
const displayNameLengthMax = 256
const avatarUrlLengthMax = 1024
/** The fields the specification names, and others by its Common Namespaced Identifier Grammar. */
const keyForm = /^(?:displayname|avatar_url|[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+)$/

/** https://spec.matrix.org/v1.19/appendices/#common-namespaced-identifier-grammar */
export function checkProfileKey(key: string): void {
  if (Buffer.byteLength(key) > keyBytesMax) throw refuse('identity.profile_key_too_large')
  if (!keyForm.test(key)) throw refuse('identity.profile_key_invalid')
}

/**
 * The value that a request body gives the field; undefined when it asks for the field to go. Throws when the body is not an
 * object of this one member, or the value does not fit.
 */
export function readProfileValue(key: string, body: JsonObject): JsonValue | undefined {
  const value = ownValue(body, key)
  if (value === undefined) throw refuse('identity.profile_value_missing')
  if (Object.keys(body).length > 1)
    throw refuse('identity.profile_value_invalid', 'The body must hold the field named in the path alone.')
  switch (key) {
    case 'displayname':
      return nameOrNothing(value, displayNameLengthMax)
    case 'avatar_url':
      return avatarOrNothing(value)
    case 'm.tz':
      if (typeof value !== 'string' || !isTimeZone(value))
        throw refuse(
          'identity.profile_value_invalid',
          'm.tz must be an identifier of the IANA time zone database.',
        )
      return value
    default:
      return value
  }
}

/**
 * NOTSPEC: an empty text removes the field. Clients from before fields could be deleted send it for that, and an empty
 * display name or avatar shows nothing in any case.
 */
function nameOrNothing(value: JsonValue, lengthMax: number): string | undefined {
  if (typeof value !== 'string' || value.length > lengthMax)
    throw refuse(
      'identity.profile_value_invalid',
      `The value must be text of at most ${lengthMax} characters.`,
    )
  return value === '' ? undefined : value
}

function avatarOrNothing(value: JsonValue): string | undefined {
  const url = nameOrNothing(value, avatarUrlLengthMax)
  if (url !== undefined && !/^mxc:\/\/[^/\s]+\/[A-Za-z0-9_-]+$/.test(url))
    throw refuse('identity.profile_value_invalid', 'avatar_url must be an mxc:// URI.')
  return url
}

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
