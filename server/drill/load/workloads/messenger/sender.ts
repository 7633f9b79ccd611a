import type { Clock } from '../../../../src/platform/clock.ts'
import type { Random } from '../../../../src/platform/random.ts'
import { ok } from '../../../../test/support/person.ts'
import type { SendRecord } from '../../../checks/history.ts'
import type { Recorder } from '../../types.ts'
import type { Device } from './device.ts'
import { nextAfterMs } from './population.ts'

/** One person's outbox: messages leave it in the order in which they were typed, each with one transaction id. */
export type Sender = {
  records: SendRecord[]
  /** Puts a message into the outbox, unless too much waits there already. */
  type(roomId: string, content: Record<string, unknown>): void
  /** Resolves when the outbox is empty. */
  emptied(): Promise<void>
}

const unsentMax = 20

type Deps = {
  clock: Clock
  recorder: Recorder
  onDefect: (error: unknown) => void
  onAcknowledged: (id: string, at: number) => void
}

export function createSender(deps: Deps, device: Device): Sender {
  const { clock, recorder } = deps
  const { person, client } = device
  const records: SendRecord[] = []
  let unsent = 0
  let last = Promise.resolve()

  async function send(
    record: SendRecord,
    content: Record<string, unknown>,
    typed: ReturnType<Recorder['wanted']>,
  ) {
    const { id, roomId } = record
    try {
      record.begunAt = clock.now()
      typed.begun()
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(id)}`
      const answer = ok(
        await client.send('PUT', path, { token: person.token, body: { ...content, drill: id } }),
      )
      record.eventId = answer.json<{ event_id: string }>().event_id
      record.acknowledgedAt = clock.now()
      deps.onAcknowledged(id, record.acknowledgedAt)
      typed.done()
    } catch (error) {
      typed.failed()
      deps.onDefect(error)
    } finally {
      unsent--
    }
  }

  return {
    records,
    type(roomId, content) {
      if (unsent >= unsentMax) return recorder.heldBack()
      unsent++
      const record: SendRecord = {
        id: `${person.userId}-${person.deviceId}-${records.length}`,
        who: person.userId,
        roomId,
      }
      records.push(record)
      const typed = recorder.wanted(person.userId)
      last = last.then(() => send(record, content, typed))
    },
    emptied: () => last,
  }
}

/** Calls `act` at random moments, so many times a second, whether or not the last one is done; `stop` ends it. */
export function startHabit(
  { clock, random }: { clock: Clock; random: Random },
  perSecond: () => number,
  act: () => void,
): { stop(): void } {
  let cancel = () => {}
  const next = () => {
    cancel = clock.after(nextAfterMs(random, perSecond()), () => {
      next()
      act()
    })
  }
  next()
  return { stop: () => cancel() }
}
