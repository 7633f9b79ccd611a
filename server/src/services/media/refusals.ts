import { defineRefusals } from '../../platform/refusal.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#content-repository */
export const refuse = defineRefusals({
  'media.not_found': { status: 404, errcode: 'M_NOT_FOUND', message: 'There is no such media.' },
  'media.not_yet_uploaded': {
    status: 504,
    errcode: 'M_NOT_YET_UPLOADED',
    message: 'The content has not been uploaded yet.',
  },
  'media.already_uploaded': {
    status: 409,
    errcode: 'M_CANNOT_OVERWRITE_MEDIA',
    message: 'This media has its content already.',
  },
  'media.not_owner': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Only the person who created this media ID may upload to it.',
  },
  'media.quota_reached': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'You have reached your quota of uploaded media.',
  },
  'media.too_many_reservations': {
    status: 429,
    errcode: 'M_LIMIT_EXCEEDED',
    message: 'Too many created media IDs are still waiting for their content.',
  },
  'media.too_large': {
    status: 413,
    errcode: 'M_TOO_LARGE',
    message: 'The file is larger than this server stores.',
  },
  'media.file_name_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'A file name is at most 1,000 bytes of text without control characters.',
  },
  'media.upload_interrupted': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'The upload ended before its content was complete.',
  },
  'media.range_unsatisfiable': {
    status: 416,
    errcode: 'M_UNKNOWN',
    message: 'The range lies beyond the end of the content.',
  },
  'media.not_thumbnailable': {
    status: 400,
    errcode: 'M_UNKNOWN',
    message: 'Thumbnails cannot be generated for this content.',
  },
  'media.preview_url_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The url is none of a web page, or longer than 2,048 characters.',
  },
  'media.preview_unavailable': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no preview of this page.',
  },
  'media.too_large_to_thumbnail': {
    status: 413,
    errcode: 'M_TOO_LARGE',
    message: 'The content is too large to thumbnail.',
  },
})
