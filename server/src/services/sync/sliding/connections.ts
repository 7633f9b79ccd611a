import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { SyncSettings } from '../config.ts'
import { type Connection, type ConnectionRest, newConnection, type ToldRoom } from './connection.ts'

/** Whose connection, and by which name. */
export type ConnectionKey = { userId: string; deviceId: string; connId: string }

/**
 * The states that clients may come back to, in the database, so that any node goes on with a connection, and in memory
 * at the nodes that made or used them. A state is never changed: an answer that tells something makes a new one, and
 * those that its client can no longer come back to are dropped then.
 */
export type Connections = {
  /** A connection of which nothing is told and nothing stored. */
  start(): Connection
  /** Undefined when there is no such state: it was never one of this key, or is forgotten. */
  find(key: ConnectionKey, number: number): Promise<Connection | undefined>
  /** Stores what has become of `parent` (undefined: a new connection) and gives it with its number. */
  store(key: ConnectionKey, parent: Connection | undefined, next: Connection): Promise<Connection>
  forgetDevices(userId: string, deviceIds: readonly string[]): Promise<void>
  forgetUser(userId: string): Promise<void>
  /** Forgets connections that nobody has used for long. */
  expire(): Promise<void>
}

type Deps = {
  db: Database
  clock: Clock
  random: Random
  config: Pick<SyncSettings, 'slidingConnectionsMax' | 'slidingMemoryRooms' | 'slidingConnectionLifetime'>
}

/** Answers to one token that are kept beside one another: a client that repeats itself uses the last. */
const childrenMax = 4
const touchAfterMs = 24 * 3_600_000
const numberBytes = 6

export function createConnections(deps: Deps): Connections {
  const { db, clock, random, config } = deps
  const memory = createMemory(config.slidingMemoryRooms)

  async function touched(key: ConnectionKey, connection: Connection): Promise<Connection> {
    const nowMs = clock.now()
    if (nowMs - connection.usedAtMs < touchAfterMs) return connection
    await db.run(sql`
      update sync.connection set used_at_ms = ${nowMs}
      where user_id = ${key.userId} and device_id = ${key.deviceId} and conn_id = ${key.connId}`)
    return memory.keep(key, { ...connection, usedAtMs: nowMs })
  }

  const newNumber = () => random.bytes(numberBytes).readUIntBE(0, numberBytes) + 1

  return {
    start: () => ({ ...newConnection, root: newNumber() }),
    async find(key, number) {
      const known = memory.find(key, number) ?? (await readConnection(db, key, number))
      return known && touched(key, memory.keep(key, known))
    },
    async store(key, parent, next) {
      const stored = withBase({ ...next, number: newNumber(), usedAtMs: clock.now() })
      await db.transaction(async (tx) => {
        await (parent ? dropUnreachable(tx, key, parent) : dropOldest(tx, key, config.slidingConnectionsMax))
        await insert(tx, key, parent?.number ?? 0, stored)
      })
      return memory.keep(key, stored)
    },
    async forgetDevices(userId, deviceIds) {
      await db.run(sql`
        delete from sync.connection where user_id = ${userId} and device_id = any(${deviceIds}::text[])`)
      memory.drop((key) => key.userId === userId && deviceIds.includes(key.deviceId))
    },
    async forgetUser(userId) {
      await db.run(sql`delete from sync.connection where user_id = ${userId}`)
      memory.drop((key) => key.userId === userId)
    },
    async expire() {
      const limit = clock.now() - config.slidingConnectionLifetime
      await db.run(sql`delete from sync.connection where used_at_ms < ${limit}`)
    },
  }
}

/** A state whose rooms are written in full, when it differs from the last such one in many of them. */
function withBase(next: Connection): Connection {
  const changes = changedRooms(next).length
  const isWhole = next.base.number === 0 || changes > Math.max(32, next.rooms.size / 4)
  return isWhole ? { ...next, base: { number: next.number, rooms: next.rooms } } : next
}

function changedRooms({ rooms, base }: Connection): [string, ToldRoom][] {
  return [...rooms].filter(([roomId, room]) => base.rooms.get(roomId) !== room)
}

async function insert(tx: Tx, key: ConnectionKey, parent: number, state: Connection): Promise<void> {
  const { number, base, root, rooms, rest, usedAtMs } = state
  const written = base.number === number ? [...rooms] : changedRooms(state)
  await tx.rows(sql`
    insert into sync.connection (user_id, device_id, conn_id, number, parent, base, root, rooms, rest, used_at_ms)
    values (${key.userId}, ${key.deviceId}, ${key.connId}, ${number}, ${parent}, ${base.number}, ${root},
      ${JSON.stringify(written.map(packed))}, ${JSON.stringify(rest)}, ${usedAtMs})
    on conflict do nothing`)
}

/** A client that came with a state's token has it, so it comes back to that one or to what has been made of it. */
async function dropUnreachable(tx: Tx, key: ConnectionKey, { number, base }: Connection): Promise<void> {
  await tx.rows(sql`
    delete from sync.connection
    where user_id = ${key.userId} and device_id = ${key.deviceId} and conn_id = ${key.connId}
      and number <> ${number} and number <> ${base.number}
      and number not in (
        select number from sync.connection
        where user_id = ${key.userId} and device_id = ${key.deviceId} and conn_id = ${key.connId} and parent = ${number}
        order by used_at_ms desc limit ${childrenMax - 1}
      )`)
}

/** A new connection replaces one of the same name, and the one that was used longest ago when there are too many. */
async function dropOldest(tx: Tx, key: ConnectionKey, max: number): Promise<void> {
  await tx.rows(sql`
    delete from sync.connection
    where user_id = ${key.userId} and device_id = ${key.deviceId} and (conn_id = ${key.connId} or conn_id in (
      select conn_id from sync.connection
      where user_id = ${key.userId} and device_id = ${key.deviceId} and conn_id <> ${key.connId}
      group by conn_id order by max(used_at_ms) desc, conn_id offset ${max - 1}
    ))`)
}

type Row = { number: number; base: number; root: number; rooms: string; rest: string; usedAtMs: number }

async function readConnection(
  db: Database,
  key: ConnectionKey,
  number: number,
): Promise<Connection | undefined> {
  const rows = await db.rows<Row>(sql`
    select state.number, state.base, state.root, state.rooms, state.rest, state.used_at_ms as "usedAtMs"
    from sync.connection as asked
    join sync.connection as state
      on state.user_id = asked.user_id and state.device_id = asked.device_id and state.conn_id = asked.conn_id
      and state.number in (asked.number, asked.base)
    where asked.user_id = ${key.userId} and asked.device_id = ${key.deviceId} and asked.conn_id = ${key.connId}
      and asked.number = ${number}`)
  const state = rows.find((row) => row.number === number)
  const base = state && rows.find((row) => row.number === state.base)
  if (!state || !base) return undefined
  const whole = roomsOf(base)
  return {
    number,
    root: state.root,
    base: { number: base.number, rooms: whole },
    rooms: state === base ? whole : new Map([...whole, ...roomsOf(state)]),
    rest: JSON.parse(state.rest) as ConnectionRest,
    usedAtMs: state.usedAtMs,
  }
}

type Packed = [string, number, number, number, 0 | 1, number, string, 0 | 1]

function packed([roomId, room]: [string, ToldRoom]): Packed {
  const { events, receipts, accountData, typing, timelineLimit, stateId, isDirect } = room
  return [roomId, events, receipts, accountData, typing ? 1 : 0, timelineLimit, stateId, isDirect ? 1 : 0]
}

function roomsOf({ rooms }: Row): Map<string, ToldRoom> {
  return new Map(
    (JSON.parse(rooms) as Packed[]).map(
      ([roomId, events, receipts, accountData, typing, timelineLimit, stateId, isDirect]) => [
        roomId,
        {
          events,
          receipts,
          accountData,
          typing: typing === 1,
          timelineLimit,
          stateId,
          isDirect: isDirect === 1,
        },
      ],
    ),
  )
}

/** The states used last, by how many rooms they name together. */
function createMemory(roomsMax: number) {
  const kept = new Map<string, { key: ConnectionKey; connection: Connection }>()
  let weight = 0
  const nameOf = (key: ConnectionKey, number: number) =>
    JSON.stringify([key.userId, key.deviceId, key.connId, number])
  const weigh = ({ rooms }: Connection) => rooms.size + 10

  function remove(name: string): void {
    const entry = kept.get(name)
    if (!entry) return
    kept.delete(name)
    weight -= weigh(entry.connection)
  }

  return {
    find: (key: ConnectionKey, number: number) => kept.get(nameOf(key, number))?.connection,
    keep(key: ConnectionKey, connection: Connection): Connection {
      const name = nameOf(key, connection.number)
      remove(name)
      kept.set(name, { key, connection })
      weight += weigh(connection)
      for (const oldest of kept.keys()) {
        if (weight <= roomsMax || oldest === name) break
        remove(oldest)
      }
      return connection
    },
    drop(isGone: (key: ConnectionKey) => boolean): void {
      for (const [name, { key }] of [...kept]) if (isGone(key)) remove(name)
    },
  }
}
