import { defineRefusals } from '../../platform/refusal.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid */
export const refuse = defineRefusals({
  'receipts.event_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such event in this room.',
  },
  'receipts.type_unknown': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A receipt is m.read, m.read.private or m.fully_read.',
  },
  'receipts.thread_malformed': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'thread_id must be a non-empty string.',
  },
  'receipts.thread_incompatible': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'm.fully_read knows no threads.',
  },
  'receipts.thread_unrelated': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The event does not belong to this thread.',
  },
})
