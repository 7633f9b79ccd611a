import { defineRefusals } from '../refusal.ts'

/** What the HTTP layer itself refuses, with the codes of https://spec.matrix.org/v1.19/client-server-api/#standard-error-response */
export const refuseHttp = defineRefusals({
  'http.endpoint_unknown': { status: 404, errcode: 'M_UNRECOGNIZED', message: 'There is no such endpoint.' },
  'http.method_unknown': {
    status: 405,
    errcode: 'M_UNRECOGNIZED',
    message: 'This endpoint does not know this method.',
  },
  'http.not_json': { status: 400, errcode: 'M_NOT_JSON', message: 'The body is not valid JSON.' },
  'http.bad_json': { status: 400, errcode: 'M_BAD_JSON', message: 'The body is not of the required form.' },
  'http.parameter_missing': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'A required parameter is missing.',
  },
  'http.parameter_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A parameter is not of the required form.',
  },
  'http.too_large': { status: 413, errcode: 'M_TOO_LARGE', message: 'The request is too large.' },
  'http.token_missing': { status: 401, errcode: 'M_MISSING_TOKEN', message: 'An access token is required.' },
  'http.guest_forbidden': {
    status: 403,
    errcode: 'M_GUEST_ACCESS_FORBIDDEN',
    message: 'Guests may not do this.',
  },
  'http.administrator_only': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Only administrators of this server may do this.',
  },
  'http.application_services_only': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Only application services may do this.',
  },
  'http.account_suspended': {
    status: 403,
    errcode: 'M_USER_SUSPENDED',
    message: 'You cannot do this while your account is suspended.',
  },
  'http.operators_only': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This is answered only on the machines of the sites themselves.',
  },
  'http.limit_exceeded': {
    status: 429,
    errcode: 'M_LIMIT_EXCEEDED',
    message: 'Too many requests; wait a little.',
  },
})
