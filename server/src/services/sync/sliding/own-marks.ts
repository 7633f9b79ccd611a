import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { AccountData, AccountDataEntry } from '../../account-data/api.ts'
import type { View } from '../view.ts'
import type { Changes } from '../waiting/changes.ts'

/** What a person has noted about their rooms, in their account data. */
export type OwnMarks = {
  /** Direct chats. https://spec.matrix.org/v1.19/client-server-api/#direct-messaging */
  direct: ReadonlySet<string>
  /** By room. https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
  tags: ReadonlyMap<string, ReadonlySet<string>>
  /** https://spec.matrix.org/v1.19/client-server-api/#invite-permission */
  blocksInvites: boolean
}

/** The marks of people in use, brought up to date by what has changed. */
export type OwnMarksReader = { of(view: Viewpoint): Promise<OwnMarks> }

type Viewpoint = Pick<View, 'caller' | 'upTo'>

const peopleMax = 20_000
const none: OwnMarks = { direct: new Set(), tags: new Map(), blocksInvites: false }

export function createOwnMarks(deps: {
  accountData: Pick<AccountData, 'changes'>
  changes: Pick<Changes, 'person'>
}): OwnMarksReader {
  const known = new Map<string, { marks: OwnMarks; at: Position }>()
  return {
    async of({ caller: { userId }, upTo }) {
      const entry = known.get(userId)
      if (entry && (entry.at >= upTo || !deps.changes.person('account_data', userId, entry.at)))
        return entry.marks
      const changed = await deps.accountData.changes(userId, entry?.at ?? 0, upTo)
      const marks = changed.reduce(withEntry, entry?.marks ?? none)
      known.delete(userId)
      known.set(userId, { marks, at: upTo })
      if (known.size > peopleMax) known.delete(known.keys().next().value ?? userId)
      return marks
    },
  }
}

function withEntry(marks: OwnMarks, { roomId, type, content }: AccountDataEntry): OwnMarks {
  if (roomId !== undefined)
    return type === 'm.tag' ? { ...marks, tags: new Map(marks.tags).set(roomId, tagsIn(content)) } : marks
  if (type === 'm.direct') return { ...marks, direct: new Set(Object.values(content).flatMap(strings)) }
  if (type === 'm.invite_permission_config')
    return { ...marks, blocksInvites: content['default_action'] === 'block' }
  return marks
}

function tagsIn({ tags }: JsonObject): Set<string> {
  return new Set(typeof tags === 'object' && tags !== null ? Object.keys(tags) : [])
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
