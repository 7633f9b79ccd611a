import type { Clock } from '../../platform/clock.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Identity } from '../identity/api.ts'
import type { Media } from '../media/api.ts'
import type { Push } from '../push/api.ts'
import type { Rooms } from '../rooms/api.ts'

/** Where an export has what it holds from. */
export type ExportsDeps = {
  clock: Clock
  stream: Pick<Stream, 'head' | 'reached'>
  identity: Pick<Identity, 'profiles' | 'devices' | 'emailsOf'>
  accountData: Pick<AccountData, 'changes'>
  push: Pick<Push, 'pushRules'>
  rooms: Pick<
    Rooms,
    'membershipsOf' | 'state' | 'stateAt' | 'strippedState' | 'eventsAfter' | 'visibleTo' | 'present'
  >
  media: Pick<Media, 'uploadsOf' | 'read'>
  serverName: string
}
