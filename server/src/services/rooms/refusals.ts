import { defineRefusals } from '../../platform/refusal.ts'

/** Everything that this service refuses. */
export const refuse = defineRefusals({
  'rooms.room_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such room.' },
  'rooms.event_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such event.' },
  'rooms.forbidden': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You are not allowed to do this in this room.',
  },
  'rooms.event_malformed': {
    status: 400,
    errcode: 'M_BAD_JSON',
    message: 'The event is not of the form that the room version demands.',
  },
  'rooms.event_too_large': { status: 413, errcode: 'M_TOO_LARGE', message: 'The event is too large.' },
  'rooms.parameter_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'An event type, state key or transaction id is too long or holds a zero byte.',
  },
  'rooms.annotation_repeated': {
    status: 400,
    errcode: 'M_DUPLICATE_ANNOTATION',
    message: 'You have already given this reaction.',
  },
  'rooms.thread_nested': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'A thread cannot start from an event that itself relates to another.',
  },
  'rooms.not_left': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'A room can be forgotten only after leaving it.',
  },
  'rooms.user_id_invalid': { status: 400, errcode: 'M_INVALID_PARAM', message: 'This is not a user id.' },
  'rooms.user_elsewhere': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This server does not speak with other servers, so only its own people can be invited.',
  },
  'rooms.identity_server_refused': {
    status: 403,
    errcode: 'M_SERVER_NOT_TRUSTED',
    message: 'This server asks no identity server, so people are invited by their user ids only.',
  },
  'rooms.third_party_invite_unproven': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'This server asks no identity server, so it cannot verify a third-party invite.',
  },
  'rooms.invite_blocked': {
    status: 403,
    errcode: 'M_INVITE_BLOCKED',
    message: 'This person does not receive invites.',
  },
  'rooms.notice_invite_declined': {
    status: 403,
    errcode: 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM',
    message: 'The invite to the room in which this server speaks to you cannot be declined.',
  },
  'rooms.notice_recipient_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such person on this server.',
  },
  'rooms.notices_name_taken': {
    status: 409,
    errcode: 'M_USER_IN_USE',
    message:
      'Somebody has the name in which the server would speak; choose another one (DURE_ROOMS_NOTICES_LOCALPART).',
  },
  'rooms.guests_unwelcome': {
    status: 403,
    errcode: 'M_GUEST_ACCESS_FORBIDDEN',
    message: 'This room does not let guests in.',
  },
  'rooms.join_conditions_unmet': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You are not invited, and you are in none of the rooms whose members may join.',
  },
  'rooms.join_ungrantable': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Nobody in the room has the power to let you in.',
  },
  'rooms.not_banned': { status: 403, errcode: 'M_BAD_STATE', message: 'This person is not banned.' },
  'rooms.initial_state_invalid': {
    status: 400,
    errcode: 'M_INVALID_ROOM_STATE',
    message: 'The rules of the room version do not allow a room to begin like this.',
  },
  'rooms.alias_invalid': { status: 400, errcode: 'M_INVALID_PARAM', message: 'This is not a room alias.' },
  'rooms.alias_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'This alias leads to no room.' },
  'rooms.alias_taken': { status: 409, errcode: 'M_UNKNOWN', message: 'There is such an alias already.' },
  'rooms.alias_in_use': { status: 400, errcode: 'M_ROOM_IN_USE', message: 'There is such an alias already.' },
  'rooms.alias_elsewhere': {
    status: 400,
    errcode: 'M_BAD_ALIAS',
    message: 'The alias does not lead to this room.',
  },
  'rooms.directory_elsewhere': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'This server does not ask other servers for their directories.',
  },
  'rooms.alias_exclusive': {
    status: 400,
    errcode: 'M_EXCLUSIVE',
    message: 'This alias is kept for an application service, or outside of what it has registered.',
  },
  'rooms.report_unknown': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such report.' },
  'rooms.event_elsewhere': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'The event comes from another server.',
  },
  'rooms.version_unsupported': {
    status: 400,
    errcode: 'M_UNSUPPORTED_ROOM_VERSION',
    message: 'This server does not support this room version.',
  },
})
