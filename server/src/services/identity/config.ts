import {
  bytes,
  choice,
  duration,
  flag,
  integer,
  optionalText,
  type Values,
} from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const identitySettings = {
  registration: choice(
    'Who may register: everybody, holders of a registration token (`npm run dure -- registration-token create`), nobody.',
    ['open', 'token', 'closed'],
    'open',
    { env: 'DURE_REGISTRATION' },
  ),
  guests: flag('Whether visitors get guest accounts, as long as registration is open.', true),
  accessTokenLifetime: duration(
    'How long the access token of a client that can refresh it is valid. Other clients keep theirs until they log out.',
    3_600_000,
  ),
  interactiveSessionLifetime: duration('How long a person has to prove who they are.', 1_800_000),
  loginTokenLifetime: duration('How long a login token made by one client for another is valid.', 120_000),
  passwordLengthMin: integer('Fewest characters in a password.', 8, { min: 1, max: 64 }),
  passwordMemory: bytes(
    'Memory of one argon2id hash. With more cores to spare take the 64 MiB, 3 passes and 4 lanes of RFC 9106.',
    19 * 1024 * 1024,
  ),
  passwordPasses: integer('Passes of argon2id over its memory.', 2, { min: 1, max: 100 }),
  passwordLanes: integer('Lanes of argon2id.', 1, { min: 1, max: 16 }),
  registrationsPerMinute: integer('Registrations per minute and address.', 30, { min: 1, max: 100_000 }),
  loginsPerMinute: integer('Logins and token refreshes per minute and address.', 60, {
    min: 1,
    max: 100_000,
  }),
  namesPerMinute: integer('Questions whether a username or token is valid, per minute and address.', 60, {
    min: 1,
    max: 100_000,
  }),
  supportEmail: optionalText(
    'E-mail address of those who run this server, shown at /.well-known/matrix/support.',
  ),
  supportMatrixId: optionalText('Matrix user id of those who run this server, shown there too.'),
  supportPage: optionalText('Address of a page that helps people with this server, shown there too.'),
  passwordsPerMinute: integer('Passwords tried per minute and account.', 10, { min: 1, max: 100_000 }),
}

export type IdentitySettings = Values<typeof identitySettings>

/** The rate budgets of identity; the first word of each key says what is counted. */
export function identityBudgets(settings: IdentitySettings): Record<IdentityBudget, Budget> {
  return {
    'registrations-address': perMinute(settings.registrationsPerMinute),
    'logins-address': perMinute(settings.loginsPerMinute),
    'names-address': perMinute(settings.namesPerMinute),
    'passwords-account': perMinute(settings.passwordsPerMinute),
    'openid-account': perMinute(30),
    'mails-address': perMinute(10),
    'mails-recipient': { perSecond: 5 / 3600, burst: 5 },
    'people-account': perMinute(120),
  }
}

export type IdentityBudget =
  | 'registrations-address'
  | 'logins-address'
  | 'names-address'
  | 'passwords-account'
  | 'openid-account'
  | 'mails-address'
  | 'mails-recipient'
  | 'people-account'

function perMinute(count: number): Budget {
  return { perSecond: count / 60, burst: count }
}
