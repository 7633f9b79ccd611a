import { defineRefusals } from '../../platform/refusal.ts'

/** Everything that sync and filters refuse. */
export const refuse = defineRefusals({
  'sync.token_malformed': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The since token is not one that this server gives.',
  },
  'sync.token_unknown': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'This server has never given this since token.',
  },
  'sync.position_unknown': {
    status: 400,
    errcode: 'M_UNKNOWN_POS',
    message: 'This connection has no such position, or it is forgotten: begin a new one.',
  },
  'sync.sliding_invalid': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The request is not of the required form.',
  },
  'sync.sliding_too_large': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'The request asks for more than this server allows.',
  },
  'sync.filter_not_json': {
    status: 400,
    errcode: 'M_NOT_JSON',
    message: 'The filter parameter is not valid JSON.',
  },
  'sync.filter_invalid': {
    status: 400,
    errcode: 'M_BAD_JSON',
    message: 'The filter parameter is not of the required form.',
  },
  'sync.filter_unknown': {
    status: 404,
    errcode: 'M_NOT_FOUND',
    message: 'There is no such filter.',
  },
  'sync.filter_parameter_unknown': {
    status: 400,
    errcode: 'M_INVALID_PARAM',
    message: 'You have stored no filter with this id.',
  },
  'sync.filter_of_another_person': {
    status: 403,
    errcode: 'M_FORBIDDEN',
    message: 'Filters belong to one person; this one is not yours.',
  },
  'sync.filters_too_many': {
    status: 400,
    errcode: 'M_TOO_LARGE',
    message: 'You have as many filters as this server keeps for one person.',
  },
  'sync.filter_too_large': {
    status: 413,
    errcode: 'M_TOO_LARGE',
    message: 'The filter is too large.',
  },
})
