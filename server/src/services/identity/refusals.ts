import { defineRefusals, type Refusal } from '../../platform/refusal.ts'

/** Everything that identity says no to. */
export const refuse = defineRefusals({
  'identity.token_unknown': {
    status: 401,
    errcode: 'M_UNKNOWN_TOKEN',
    message: 'The token is not known, or has been logged out.',
  },
  'identity.token_expired': {
    status: 401,
    errcode: 'M_UNKNOWN_TOKEN',
    message: 'The token has expired; refresh it or log in again.',
  },
  'identity.account_locked': {
    status: 401,
    errcode: 'M_USER_LOCKED',
    message: 'This account has been locked.',
  },
  'identity.actor_unknown': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'The application service has not registered this person.',
  },
  'identity.actor_device_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN_DEVICE',
    message: 'The person to act as has no such device.',
  },
  'identity.username_outside': {
    status: 400,
    errcode: 'M_EXCLUSIVE',
    message: 'This name is outside of what the application service has registered for itself.',
  },
  'identity.user_elsewhere': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This person does not belong to this server.',
  },
  'identity.account_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such account, or it is deactivated.',
  },
  'identity.administrator_protected': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This cannot be done to an administrator.',
  },
  'identity.whois_forbidden': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Only administrators may look up other people.',
  },
  'identity.openid_foreign': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'An OpenID token can be asked for by its owner only.',
  },
  'identity.support_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'Nobody has said how to reach those who run this server.',
  },
  'identity.mail_unavailable': {
    status: 403,
    errcode: 'M_THREEPID_DENIED',
    message: 'This server sends no mail, so it cannot confirm e-mail addresses.',
  },
  'identity.identity_server_refused': {
    status: 400,
    errcode: 'M_SERVER_NOT_TRUSTED',
    message: 'This server confirms e-mail addresses itself and asks no identity server.',
  },
  'identity.email_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not an e-mail address.',
  },
  'identity.client_secret_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A client secret has 1 to 255 letters, digits and . = _ -',
  },
  'identity.next_link_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'next_link must be the address of a web page.',
  },
  'identity.validation_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'This link is not valid any more. Ask your app to send you another.',
  },
  'identity.validation_missing': {
    status: 400,
    errcode: 'M_THREEPID_AUTH_FAILED',
    message: 'The e-mail address has not been confirmed.',
  },
  'identity.email_in_use': {
    status: 400,
    errcode: 'M_THREEPID_IN_USE',
    message: 'Another account has this e-mail address.',
  },
  'identity.emails_too_many': {
    status: 400,
    errcode: 'M_THREEPID_DENIED',
    message: 'An account has at most ten e-mail addresses.',
  },
  'identity.interaction_required': {
    status: 401,
    errcode: 'M_UNAUTHORIZED',
    message: 'Please prove who you are.',
  },
  'identity.auth_invalid': {
    status: 400,
    errcode: 'M_BAD_JSON',
    message: 'auth must be an object; its type and session are strings.',
  },
  'identity.stage_unknown': {
    status: 404,
    errcode: 'M_UNRECOGNIZED',
    message: 'This authentication type is not known.',
  },
  'identity.interactive_session_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'This session is not known, or has expired.',
  },
  'identity.login_failed': { status: 403, errcode: 'M_FORBIDDEN', message: 'Wrong name or password.' },
  'identity.login_token_invalid': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'The login token is not valid any more.',
  },
  'identity.login_type_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'This way to log in is not known.',
  },
  'identity.identifier_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'This type of identifier is not known.',
  },
  'identity.parameter_missing': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'A required parameter is missing.',
  },
  'identity.registration_closed': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This server takes no registrations.',
  },
  'identity.guests_refused': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This server has no guest accounts.',
  },
  'identity.username_invalid': {
    status: 400,
    errcode: 'M_INVALID_USERNAME',
    message: 'A username has letters a-z, digits and . _ = - / + only.',
  },
  'identity.username_taken': { status: 400, errcode: 'M_USER_IN_USE', message: 'This username is taken.' },
  'identity.username_reserved': {
    status: 400,
    errcode: 'M_EXCLUSIVE',
    message: 'Usernames that begin with _ are kept for application services.',
  },
  'identity.guest_token_invalid': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This is not the access token of the guest named.',
  },
  'identity.guest_forbidden': {
    status: 403,
    errcode: 'M_GUEST_ACCESS_FORBIDDEN',
    message: 'Guests have no password.',
  },
  'identity.password_weak': {
    status: 400,
    errcode: 'M_WEAK_PASSWORD',
    message: 'The password is too short.',
  },
  'identity.password_too_long': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The password is too long.',
  },
  'identity.device_id_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A device id has 1 to 255 characters, none of them control characters.',
  },
  'identity.device_id_forbidden': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'A device id must not look like a cross-signing key.',
  },
  'identity.device_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'You have no such device.' },
  'identity.user_id_invalid': { status: 400, errcode: 'M_INVALID_PARAM', message: 'This is not a user id.' },
  'identity.profile_foreign': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Only its owner may change a profile.',
  },
  'identity.profile_guest_forbidden': {
    status: 403,
    errcode: 'M_GUEST_ACCESS_FORBIDDEN',
    message: 'Guests may change their display name only.',
  },
  'identity.profile_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such profile or field.',
  },
  'identity.profile_key_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This is not the name of a profile field.',
  },
  'identity.profile_key_too_large': {
    status: 400,
    errcode: 'M_KEY_TOO_LARGE',
    message: 'The name of a profile field has at most 255 bytes.',
  },
  'identity.profile_value_missing': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'The body must hold the field named in the path.',
  },
  'identity.profile_value_invalid': {
    status: 400,
    errcode: 'M_BAD_JSON',
    message: 'The value does not fit this profile field.',
  },
  'identity.profile_too_large': {
    status: 400,
    errcode: 'M_PROFILE_TOO_LARGE',
    message: 'A profile must stay below 64 KiB.',
  },
})

/**
 * The session is gone for good: the client must forget what it keeps for it.
 * https://spec.matrix.org/v1.19/client-server-api/#soft-logout
 */
export function tokenUnknown(): Refusal {
  return refuse('identity.token_unknown', { extra: { soft_logout: false } })
}

/** The session lives on and can be taken up again, by a refresh token or by logging in to the same device. */
export function tokenExpired(): Refusal {
  return refuse('identity.token_expired', { extra: { soft_logout: true } })
}

/**
 * The account cannot be used until an administrator unlocks it; its sessions live on.
 * https://spec.matrix.org/v1.19/client-server-api/#account-locking
 */
export function accountLocked(): Refusal {
  return refuse('identity.account_locked', { extra: { soft_logout: true } })
}
