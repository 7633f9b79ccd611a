import { defineRefusals } from '../../platform/refusal.ts'

/** What this service says no to. */
export const refuse = defineRefusals({
  'application-services.user_outside': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'The application service has not registered this user id for itself.',
  },
  'application-services.no_answer': {
    status: 408,
    errcode: 'M_UNKNOWN',
    message: 'The application service that may know this did not answer in time.',
  },
  'application-services.other_service': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'An application service can ask to be pinged itself only.',
  },
  'application-services.url_not_set': {
    status: 400,
    errcode: 'M_URL_NOT_SET',
    message: 'The registration of the application service names no address.',
  },
  'application-services.ping_bad_status': {
    status: 502,
    errcode: 'M_BAD_STATUS',
    message: 'The application service answered the ping with an error.',
  },
  'application-services.ping_connection_failed': {
    status: 502,
    errcode: 'M_CONNECTION_FAILED',
    message: 'The application service could not be reached.',
  },
  'application-services.ping_timed_out': {
    status: 504,
    errcode: 'M_CONNECTION_TIMEOUT',
    message: 'The application service did not answer the ping in time.',
  },
  'application-services.network_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'No application service knows such a network, or such a place or person in it.',
  },
})
