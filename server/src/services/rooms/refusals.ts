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
  'rooms.version_unsupported': {
    status: 400,
    errcode: 'M_UNSUPPORTED_ROOM_VERSION',
    message: 'This server does not support this room version.',
  },
})
