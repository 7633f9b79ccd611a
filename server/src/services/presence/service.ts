import type { Clock } from '../../platform/clock.ts'
import type { JsonValue } from '../../platform/json.ts'
import type { Random } from '../../platform/random.ts'
import type { Bus } from '../../platform/stream/bus.ts'
import type { Rooms, TimelineEvent } from '../rooms/api.ts'
import type { Presence } from './api.ts'
import type { PresenceSettings } from './config.ts'
import { createDevicesHere } from './people/devices-here.ts'
import { createPeople } from './people/people.ts'
import { createSpread } from './people/spread.ts'
import { createSoftChanges } from './soft-changes.ts'
import { createTypingRooms } from './typing/typing-rooms.ts'
import type { PresenceState, StatusAnswer } from './wire.ts'

export type PresenceDeps = {
  bus: Bus
  clock: Clock
  random: Random
  rooms: Pick<Rooms, 'onEvents'>
  settings: PresenceSettings
}

export type PresenceService = Presence & {
  /** Says that the person types in the room for `forMs`, or, with 0, no longer. */
  setTyping(roomId: string, userId: string, forMs: number): void
  setStatus(userId: string, presence: PresenceState, statusMsg: string | undefined): void
  status(userId: string): StatusAnswer
  /** The timers; to be called once the bus has started. */
  start(): void
  close(): void
}

const typingTopic = 'typing'
const tickMs = 5_000

/** Create it before the bus starts: it subscribes. */
export function createPresence(deps: PresenceDeps): PresenceService {
  const { bus, clock, settings } = deps
  const node = deps.random.text(8)
  const changes = createSoftChanges(node)
  const listeners = new Set<(change: { roomId?: string; userId?: string }) => void>()
  const announce = (change: { roomId?: string; userId?: string }) => {
    for (const listener of [...listeners]) listener(change)
  }
  const typing = createTypingRooms({ clock, changes }, (roomId) => announce({ roomId }))
  const people = createPeople(
    { clock, changes },
    { idleAfterMs: settings.idleAfter, remembered: settings.peopleRemembered },
    (userId) => announce({ userId }),
  )
  const spread = createSpread({ bus, clock, people }, node)
  const here = createDevicesHere({ clock }, { offlineAfterMs: settings.offlineAfter }, spread.view)
  let cancelTick: () => void = () => undefined

  function applyTyping(roomId: string, userId: string, forMs: number): void {
    if (forMs > 0) typing.start(roomId, userId, clock.now() + Math.min(forMs, settings.typingMax))
    else typing.stop(roomId, userId)
  }
  bus.subscribe(typingTopic, (message) => {
    const notice = readTyping(message)
    // What this node said itself has been taken in already, and may have been overtaken by a message since.
    if (notice && notice.node !== node) applyTyping(notice.roomId, notice.userId, notice.forMs)
  })
  deps.rooms.onEvents((events) => {
    for (const event of events) {
      if (endsTyping(event)) typing.stop(event.roomId, event.stateKey ?? event.sender)
      people.active(event.sender, Math.min(event.originServerTs, clock.now()))
    }
  })

  function tick(): void {
    here.lookAgain()
    people.lookAgain()
    spread.tick()
    cancelTick = clock.after(tickMs, tick)
  }

  return {
    token: changes.token,
    typing: (roomIds, since) => typing.changed(roomIds, changes.shownBy(since)),
    async presence(viewer, sharing, since) {
      if (!settings.enabled) return []
      const among = sharing.has(viewer) ? sharing : new Set(sharing).add(viewer)
      return people
        .changed(among, changes.shownBy(since))
        .map((sender) => ({ type: 'm.presence', sender, content: people.status(sender) }))
    },
    seen(userId, setPresence) {
      if (!settings.enabled || setPresence === 'offline') return
      here.seen(userId, setPresence)
      // Who asked to be offline is online again by syncing as such.
      const statement = people.get(userId)?.statement
      if (setPresence === 'online' && statement?.presence === 'offline')
        spread.state(userId, { ...statement, presence: 'online', atMs: clock.now() })
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    setTyping(roomId, userId, forMs) {
      applyTyping(roomId, userId, forMs)
      bus.publish(typingTopic, { node, roomId, userId, forMs })
    },
    setStatus(userId, presence, statusMsg) {
      if (!settings.enabled) return
      if (presence !== 'offline') here.seen(userId, 'online')
      spread.state(userId, { presence, statusMsg, atMs: clock.now() })
    },
    status: (userId) => (settings.enabled ? people.status(userId) : { presence: 'offline' }),
    start: tick,
    close() {
      cancelTick()
      typing.close()
    },
  }
}

/** A message ends its sender's typing, and leaving the room ends it for whoever left. Reactions and redactions do not. */
function endsTyping({ type, stateKey, content }: TimelineEvent): boolean {
  if (stateKey !== undefined) return type === 'm.room.member' && content['membership'] !== 'join'
  return type !== 'm.reaction' && type !== 'm.room.redaction'
}

function readTyping(message: JsonValue) {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined
  const { node, roomId, userId, forMs } = message
  if (typeof node !== 'string' || typeof roomId !== 'string' || typeof userId !== 'string') return undefined
  return typeof forMs === 'number' ? { node, roomId, userId, forMs } : undefined
}
