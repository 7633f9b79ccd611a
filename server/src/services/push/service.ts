import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import type { Outgoing } from '../../platform/outgoing/outgoing.ts'
import type { Random } from '../../platform/random.ts'
import { createLastPositions } from '../../platform/stream/last-positions.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Receipts } from '../receipts/api.ts'
import type { Rooms } from '../rooms/api.ts'
import type { Push } from './api.ts'
import type { PushSettings } from './config.ts'
import { changeRules } from './operations/change-rules.ts'
import { forgetUser } from './operations/checkpoints.ts'
import {
  listNotifications,
  type NotificationsPage,
  type NotificationsRequest,
} from './operations/list-notifications.ts'
import { changedRulesets, loadRules } from './operations/load-rules.ts'
import { createPushers, type Pushers } from './pushers/pushers.ts'
import type { RuleStore } from './routes/push-rules.ts'
import { presentRuleset } from './rules/ruleset.ts'
import { createRulesCache } from './rules-in-use.ts'
import type { RoomsToCount } from './unread/count-unread.ts'
import { createJudge } from './unread/judge.ts'
import { createUnreadCounter } from './unread/unread-counter.ts'
import { createVapid, loadVapidKey } from './web-push/vapid.ts'

export type PushDeps = {
  db: Database
  stream: Stream
  clock: Clock
  random: Random
  jobs: Pick<Jobs, 'enqueue' | 'wake' | 'handle'>
  log: Log
  metrics: Registry
  outgoing: Outgoing
  rooms: RoomsToCount & Pick<Rooms, 'visibleTo' | 'present' | 'event' | 'eventsInStream'>
  receipts: Pick<Receipts, 'changes' | 'ofUser' | 'readers'>
  accountData: Pick<AccountData, 'ignoredUsers'>
  settings: PushSettings
  /** A `mailto:` or `https:` URL under which the operators of push services find this server's. */
  contact: string
}

export type PushService = Push &
  RuleStore & {
    notifications(request: NotificationsRequest): Promise<NotificationsPage>
    pushers: Pushers
    /** What browsers need to subscribe with their push services for this server. */
    webPushKey: string
    /** Removes the rules, pushers and checkpoints of a person whose account is gone. */
    forgetUser(userId: string): Promise<void>
    /** Stops sending, and resolves when the checkpoints on their way are written. Losing them would cost counting again, nothing else. */
    close(): Promise<void>
  }

const neverAborted = new AbortController().signal

/** Makes the server's key for Web Push when there is none. Follows the stream's topic `push`: to be built before the stream starts. */
export async function createPush(deps: PushDeps): Promise<PushService> {
  const { db, stream, settings } = deps
  const vapid = createVapid(await loadVapidKey(deps), deps, deps.contact)
  const rules = createRulesCache(deps)
  const judge = createJudge(deps)
  const unread = createUnreadCounter({ ...deps, rules, judge }, settings)
  const pushers = createPushers({ ...deps, rules, judge, unread, vapid })
  const changes = createLastPositions(stream.position, settings.peopleRemembered)

  function forget(userId: string): void {
    rules.forget(userId)
    unread.forget(userId)
  }

  stream.follow('push', async (after, upTo) => {
    const rulesets = await changedRulesets(db, after, upTo)
    for (const { userId } of rulesets) forget(userId)
    changes.take(
      after,
      rulesets.map(({ userId, position }) => [userId, position]),
    )
    return { users: rulesets.map(({ userId }) => userId) }
  })

  return {
    unreadCounts: (userId, roomIds, upTo) => unread.counts(userId, roomIds, upTo),
    async pushRules(userId) {
      const inUse = await rules.of(userId)
      return { global: presentRuleset(inUse.changes, userId) }
    },
    async pushRulesChanged(userId, after, upTo) {
      if (changes.latest(userId) <= after) return false
      const { position } = await rules.of(userId)
      return position > after && position <= upTo
    },
    pushers,
    webPushKey: vapid.publicKey,
    notifications: (request) => listNotifications({ ...deps, rules, judge }, request),
    rulesOf: async (userId) => (await loadRules(db, userId)).changes,
    async changeRules(userId, change) {
      // Rules decide about events as they come. What came before the change, through any node, is counted by the
      // rules of then.
      const head = await stream.head()
      await stream.reached(head, neverAborted)
      await unread.settle(userId, head)
      await changeRules(deps, userId, change)
      forget(userId)
    },
    async forgetUser(userId) {
      await forgetUser(db, userId)
      forget(userId)
    },
    async close() {
      await pushers.close()
      await unread.idle()
    },
  }
}
