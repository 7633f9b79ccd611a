import type { Caller } from '../../platform/http/access.ts'
import type { Position } from '../../platform/stream/stream.ts'
import type { StreamToken } from '../../platform/stream/token.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Keys } from '../keys/api.ts'
import type { Presence } from '../presence/api.ts'
import type { Push } from '../push/api.ts'
import type { Receipts } from '../receipts/api.ts'
import type { MembershipEntry, Rooms } from '../rooms/api.ts'
import type { ToDevice } from '../to-device/api.ts'
import type { SyncSettings } from './config.ts'
import type { Filter } from './filters/definition.ts'
import type { LazyMembers } from './lazy-members.ts'
import type { Neighbours } from './neighbours.ts'
import type { Changes } from './waiting/changes.ts'

/** What the parts of an answer are made from. */
export type Sources = {
  rooms: Rooms
  accountData: AccountData
  receipts: Receipts
  presence: Presence
  toDevice: ToDevice
  keys: Keys
  push: Push
  changes: Changes
  neighbours: Neighbours
  lazyMembers: LazyMembers
  config: SyncSettings
}

/** Who looks, from where to where in the stream, and how. Fixed for one answer. */
export type View = {
  caller: Caller
  filter: Filter
  /** Undefined: an initial sync. */
  since: StreamToken | undefined
  /** The answer shows everything up to here, whatever is written meanwhile. */
  upTo: Position
  /** How far typing and presence will have been shown. */
  soft: string
  fullState: boolean
  useStateAfter: boolean
  ignored: ReadonlySet<string>
  /** As of `upTo`. */
  memberships: ReadonlyMap<string, MembershipEntry>
}
