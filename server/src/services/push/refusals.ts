import { defineRefusals } from '../../platform/refusal.ts'

export const refuse = defineRefusals({
  'push.rule_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'The push rule was not found.' },
  'push.rule_predefined': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'Predefined push rules cannot be deleted; disable the rule instead.',
  },
  'push.rule_id_reserved': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The IDs of predefined push rules begin with a dot; choose another one.',
  },
  'push.rule_id_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The ID of a push rule has no slash and no backslash.',
  },
  'push.pattern_missing': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'A content rule needs a pattern.',
  },
  'push.action_unknown': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'An action is either "notify" or an object with "set_tweak".',
  },
  'push.neighbour_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'The rule named by before or after is not one of yours.',
  },
  'push.kind_unknown': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This server knows pushers of the kinds "http" and "org.matrix.msc4174.webpush".',
  },
  'push.pusher_incomplete': {
    status: 400,
    errcode: 'M_MISSING_PARAM',
    message: 'A pusher needs app_display_name, device_display_name, lang and data.',
  },
  'push.pusher_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A member of the pusher is not of the required form.',
  },
  'push.url_refused': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'data.url is none that this server calls.',
  },
  'push.pusher_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'You have no pusher with this app_id.',
  },
  'push.ack_token_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN_ACTIVATION_TOKEN',
    message: 'This token was not sent to the pusher, or a later one was.',
  },
  'push.ack_token_expired': {
    status: 410,
    errcode: 'M_EXPIRED_ACTIVATION_TOKEN',
    message: 'This token came too late; set the pusher again.',
  },
  'push.pushers_full': { status: 400, errcode: 'M_TOO_LARGE', message: 'These are too many pushers.' },
  'push.session_missing': {
    status: 400,
    errcode: 'M_FORBIDDEN',
    message: 'A pusher belongs to a device; this session has none.',
  },
  'push.ruleset_full': {
    status: 400,
    errcode: 'M_TOO_LARGE',
    message: 'These are too many or too long push rules.',
  },
})
