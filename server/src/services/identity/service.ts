import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Caller } from '../../platform/http/access.ts'
import type { RateLimits } from '../../platform/http/rate-limits.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { JsonObject } from '../../platform/json.ts'
import type { Log } from '../../platform/log.ts'
import type { Mail, Mailer } from '../../platform/mail/mailer.ts'
import type { Random } from '../../platform/random.ts'
import type { SigningKey } from '../../platform/signed-json/signing.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { Device, Identity, Profile, UserClaims } from './api.ts'
import type { IdentitySettings } from './config.ts'
import { cleanUp } from './jobs/clean-up.ts'
import { type Account, accountOf, isAdministrator, listAccounts } from './operations/accounts.ts'
import { createAuthentication } from './operations/authenticate.ts'
import { changePassword } from './operations/change-password.ts'
import { provePassword } from './operations/check-password.ts'
import { accountExists, checkUsername, guestsAmong } from './operations/check-username.ts'
import { deactivateAccount } from './operations/deactivate-account.ts'
import { deviceOf, devicesOf, putDevice, renameDevice } from './operations/devices.ts'
import {
  addEmailAddress,
  type EmailAddress,
  emailAddressesOf,
  removeEmailAddress,
} from './operations/email-addresses.ts'
import type { DeviceChoice } from './operations/end-sessions.ts'
import { type Proof, type ProofRequest, requireProof } from './operations/interactive-auth.ts'
import { type FallbackRequest, type FallbackResult, tryFallback } from './operations/interactive-fallback.ts'
import { createLastSeen } from './operations/last-seen.ts'
import { loadSigningKey } from './operations/load-signing-key.ts'
import { type LogInRequest, logIn } from './operations/log-in.ts'
import { deleteDevices, logOut } from './operations/log-out.ts'
import { createLoginToken } from './operations/login-tokens.ts'
import type { OpenedSession, SessionRequest, Tokens } from './operations/open-session.ts'
import { createOpenidToken, openidTokenOwner } from './operations/openid-tokens.ts'
import {
  deleteProfileField,
  type ProfileChange,
  profileFieldOf,
  profileOf,
  profilesAsked,
  setProfileField,
} from './operations/profiles.ts'
import { refreshTokens } from './operations/refresh-tokens.ts'
import { type Registered, type RegisterRequest, register } from './operations/register.ts'
import {
  ensureAccount,
  registerForService,
  type ServiceRegistration,
} from './operations/register-for-service.ts'
import { registerGuest } from './operations/register-guest.ts'
import { registrationTokenIsValid } from './operations/registration-tokens.ts'
import { isRestricted, type Restriction, restrictAccount } from './operations/restrict-account.ts'
import { type FoundPerson, searchPeople } from './operations/search-people.ts'
import {
  type EmailCredentials,
  requestEmailValidation,
  type ValidationRequest,
  validateEmail,
} from './operations/validate-email.ts'
import { createPasswords } from './passwords.ts'

export type IdentityDeps = {
  db: Database
  clock: Clock
  random: Random
  log: Log
  stream: Stream
  jobs: Jobs
  limits: RateLimits
  settings: IdentitySettings
  serverName: string
  /** Address under which people reach this deployment. */
  publicUrl: string
  mailer: Mailer
  claims: UserClaims
}

/** What identity's own routes and the composition root use beside the interface for other services. */
export type IdentityService = Identity & {
  settings: IdentitySettings
  serverName: string
  register(request: RegisterRequest): Promise<Registered>
  registerForService(request: ServiceRegistration): Promise<Registered>
  registerGuest(displayName: string | undefined): Promise<Registered>
  checkUsername(username: string): Promise<void>
  registrationTokenIsValid(token: string): Promise<boolean>
  logIn(request: LogInRequest, session: SessionRequest): Promise<OpenedSession>
  logOut(caller: Caller): Promise<void>
  refreshTokens(refreshToken: string): Promise<Tokens>
  createLoginToken(userId: string): Promise<{ token: string; expiresInMs: number }>
  requireProof(request: ProofRequest): Promise<Proof>
  tryFallback(request: FallbackRequest): Promise<FallbackResult>
  changePassword(userId: string, change: Parameters<typeof changePassword>[2]): Promise<void>
  deactivateAccount(userId: string, erase: boolean): Promise<void>
  /** Whether people can confirm e-mail addresses. */
  mailAvailable: boolean
  requestEmailValidation(request: ValidationRequest): Promise<string>
  validateEmail(link: { sessionId: string; token: string }): Promise<{ nextLink: string | undefined }>
  emailAddresses(userId: string): Promise<EmailAddress[]>
  addEmailAddress(userId: string, credentials: EmailCredentials): Promise<void>
  removeEmailAddress(userId: string, address: string): Promise<void>
  createOpenidToken(userId: string): Promise<{ token: string; expiresInMs: number }>
  openidTokenOwner(token: string): Promise<string>
  searchPeople(
    query: Parameters<typeof searchPeople>[1],
  ): Promise<{ people: FoundPerson[]; limited: boolean }>
  account(userId: string): Promise<Account>
  accounts(query: Parameters<typeof listAccounts>[1]): Promise<Account[]>
  isRestricted(administratorId: string, which: { userId: string; restriction: Restriction }): Promise<boolean>
  restrictAccount(change: { userId: string; restriction: Restriction; on: boolean }): Promise<void>
  device(userId: string, deviceId: string): Promise<Device>
  renameDevice(userId: string, deviceId: string, displayName: string | undefined): Promise<void>
  putDevice(userId: string, deviceId: string, displayName: string | undefined): Promise<void>
  deleteDevices(userId: string, choice: DeviceChoice): Promise<void>
  profile(userId: string): Promise<Profile>
  profileField(userId: string, key: string): Promise<Profile>
  setProfileField(change: ProfileChange, body: JsonObject): Promise<void>
  deleteProfileField(change: ProfileChange): Promise<void>
  /** Makes sure that the server has its signing key, and begins to write when devices were seen. */
  start(): Promise<void>
  close(): Promise<void>
}

const cleanUpEveryMs = 900_000

export function createIdentity(given: IdentityDeps): IdentityService {
  const { settings } = given
  const passwords = createPasswords(given, {
    lengthMin: settings.passwordLengthMin,
    memoryKiB: Math.ceil(settings.passwordMemory / 1024),
    passes: settings.passwordPasses,
    lanes: settings.passwordLanes,
  })
  const lastSeen = createLastSeen(given)
  const authentication = createAuthentication({ ...given, lastSeen })
  const deps = { ...given, passwords, authentication }
  let signingKey: Promise<SigningKey> | undefined
  given.jobs.handle('identity.mail', (mail) => given.mailer.send(mail as Mail))
  given.jobs.repeat('identity.clean_up', cleanUpEveryMs, () => cleanUp(deps))

  return {
    settings,
    serverName: deps.serverName,
    authenticate: authentication.authenticate,
    actAs: authentication.actAs,
    ensureAccount: (userId) => ensureAccount(deps, userId),
    isAdministrator: (userId) => isAdministrator(deps.db, userId),
    provePassword: (name, password) => provePassword(deps, name, password),
    accountExists: (userId) => accountExists(deps, userId),
    guestsAmong: (userIds) => guestsAmong(deps, userIds),
    profiles: (userIds) => profilesAsked(deps, userIds),
    emailsOf: (userId) => emailsOf(deps, userId),
    devices: (userIds) => devicesOf(deps, userIds),
    requireInteractiveAuth: (request) => requireInteractiveAuth(deps, request),
    signingKey() {
      signingKey ??= loadSigningKey(deps).catch((error: unknown) => {
        signingKey = undefined
        throw error
      })
      return signingKey
    },
    register: (request) => register(deps, request),
    registerForService: (request) => registerForService(deps, request),
    registerGuest: (displayName) => registerGuest(deps, displayName),
    checkUsername: (username) => checkUsername(deps, username),
    registrationTokenIsValid: (token) => registrationTokenIsValid(deps, token),
    logIn: (request, session) => logIn(deps, request, session),
    logOut: (caller) => logOut(deps, caller),
    refreshTokens: (refreshToken) => refreshTokens(deps, refreshToken),
    createLoginToken: (userId) => createLoginToken(deps, userId),
    requireProof: (request) => requireProof(deps, request),
    tryFallback: (request) => tryFallback(deps, request),
    changePassword: (userId, change) => changePassword(deps, userId, change),
    deactivateAccount: (userId, erase) => deactivateAccount(deps, userId, erase),
    mailAvailable: deps.mailer.available,
    requestEmailValidation: (request) => requestEmailValidation(deps, request),
    validateEmail: (link) => validateEmail(deps, link),
    emailAddresses: (userId) => emailAddressesOf(deps.db, userId),
    addEmailAddress: (userId, credentials) => addEmailAddress(deps, userId, credentials),
    removeEmailAddress: (userId, address) => removeEmailAddress(deps.db, userId, address),
    createOpenidToken: (userId) => createOpenidToken(deps, userId),
    openidTokenOwner: (token) => openidTokenOwner(deps, token),
    searchPeople: (query) => searchPeople(deps.db, query),
    account: (userId) => accountOf(deps, userId),
    accounts: (query) => listAccounts(deps.db, query),
    isRestricted: (administratorId, which) => isRestricted(deps, administratorId, which),
    restrictAccount: (change) => restrictAccount(deps, change),
    device: (userId, deviceId) => deviceOf(deps, userId, deviceId),
    renameDevice: (userId, deviceId, name) => renameDevice(deps, userId, deviceId, name),
    putDevice: (userId, deviceId, name) => putDevice(deps, userId, deviceId, name),
    deleteDevices: (userId, choice) => deleteDevices(deps, userId, choice),
    profile: (userId) => profileOf(deps, userId),
    profileField: (userId, key) => profileFieldOf(deps, userId, key),
    setProfileField: (change, body) => setProfileField(deps, change, body),
    deleteProfileField: (change) => deleteProfileField(deps, change),
    async start() {
      await this.signingKey()
      lastSeen.start()
    },
    close: () => lastSeen.close(),
  }
}

async function emailsOf({ db }: Pick<IdentityDeps, 'db'>, userId: string): Promise<string[]> {
  return (await emailAddressesOf(db, userId)).map(({ address }) => address)
}

/** Application services prove nothing: https://spec.matrix.org/v1.19/application-service-api/#device-management */
async function requireInteractiveAuth(
  deps: Parameters<typeof requireProof>[0],
  { caller, auth, operation }: Parameters<IdentityService['requireInteractiveAuth']>[0],
): Promise<void> {
  if (caller.applicationService !== undefined) return
  await requireProof(deps, { flows: [['m.login.password']], userId: caller.userId, auth, operation })
}
