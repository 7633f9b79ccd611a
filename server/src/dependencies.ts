/** Which services' `api.ts` a service may import types from. Printed in ARCHITECTURE.md, enforced by `npm run check`. */
export const serviceDependencies = {
  identity: [],
  ledger: [],
  wallet: ['ledger', 'identity'],
  checkout: ['identity', 'ledger', 'wallet'],
  'account-data': [],
  media: [],
  calls: [],
  rooms: ['identity', 'account-data'],
  receipts: ['rooms', 'account-data'],
  search: ['rooms', 'account-data'],
  presence: ['rooms'],
  'to-device': ['identity'],
  keys: ['identity', 'rooms'],
  push: ['rooms', 'receipts', 'account-data', 'identity'],
  'application-services': ['identity', 'rooms', 'receipts', 'presence'],
  sync: ['identity', 'account-data', 'rooms', 'receipts', 'presence', 'to-device', 'keys', 'push'],
} as const
