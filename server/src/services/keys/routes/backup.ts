import { Readable } from 'node:stream'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { StoredKey } from '../operations/backup-keys.ts'
import type { KeyBackup } from '../service.ts'
import {
  BackupBody,
  BackupKeysBody,
  BackupKeysQuery,
  BackupParams,
  BackupRoomBody,
  BackupRoomParams,
  BackupSessionBody,
  BackupSessionParams,
  BackupUpdateBody,
} from '../wire.ts'

const base = '/_matrix/client/v3/room_keys'
const config = { access: 'user', limit: 'keys-backup' } as const

/** https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups */
export function backupRoutes(app: App, backup: KeyBackup): void {
  versionRoutes(app, backup)
  allKeysRoutes(app, backup)
  roomKeysRoutes(app, backup)
  sessionKeyRoutes(app, backup)
}

function versionRoutes(app: App, backup: KeyBackup): void {
  app.post(`${base}/version`, { config, schema: { body: BackupBody } }, async (request) => {
    const { algorithm, auth_data: authData } = request.body
    return { version: await backup.create(callerOf(request).userId, { algorithm, authData }) }
  })
  app.get(`${base}/version`, { config }, async (request) => backup.read(callerOf(request).userId))
  app.get(`${base}/version/:version`, { config, schema: { params: BackupParams } }, async (request) =>
    backup.read(callerOf(request).userId, request.params.version),
  )
  app.put(
    `${base}/version/:version`,
    { config, schema: { params: BackupParams, body: BackupUpdateBody } },
    async (request) => {
      const { algorithm, auth_data: authData, version } = request.body
      await backup.update(callerOf(request).userId, request.params.version, { algorithm, authData, version })
      return {}
    },
  )
  app.delete(`${base}/version/:version`, { config, schema: { params: BackupParams } }, async (request) => {
    await backup.remove(callerOf(request).userId, request.params.version)
    return {}
  })
}

function allKeysRoutes(app: App, backup: KeyBackup): void {
  app.put(
    `${base}/keys`,
    { config, schema: { querystring: BackupKeysQuery, body: BackupKeysBody } },
    async (request) => backup.putKeys(callerOf(request).userId, request.query.version, request.body.rooms),
  )
  app.get(`${base}/keys`, { config, schema: { querystring: BackupKeysQuery } }, async (request, reply) => {
    const { userId } = callerOf(request)
    await backup.read(userId, request.query.version)
    const pages = backup.keys(userId, request.query.version)
    return reply.type('application/json; charset=utf-8').send(Readable.from(roomsJson(pages)))
  })
  app.delete(`${base}/keys`, { config, schema: { querystring: BackupKeysQuery } }, async (request) =>
    backup.removeKeys(callerOf(request).userId, request.query.version, {}),
  )
}

function roomKeysRoutes(app: App, backup: KeyBackup): void {
  const path = `${base}/keys/:roomId`
  const schema = { querystring: BackupKeysQuery, params: BackupRoomParams }
  app.put(path, { config, schema: { ...schema, body: BackupRoomBody } }, async (request) =>
    backup.putKeys(callerOf(request).userId, request.query.version, {
      [request.params.roomId]: request.body,
    }),
  )
  app.get(path, { config, schema }, async (request, reply) => {
    const { userId } = callerOf(request)
    await backup.read(userId, request.query.version)
    const pages = backup.keys(userId, request.query.version, request.params.roomId)
    return reply.type('application/json; charset=utf-8').send(Readable.from(sessionsJson(pages)))
  })
  app.delete(path, { config, schema }, async (request) =>
    backup.removeKeys(callerOf(request).userId, request.query.version, request.params),
  )
}

function sessionKeyRoutes(app: App, backup: KeyBackup): void {
  const path = `${base}/keys/:roomId/:sessionId`
  const schema = { querystring: BackupKeysQuery, params: BackupSessionParams }
  app.put(path, { config, schema: { ...schema, body: BackupSessionBody } }, async (request) => {
    const { roomId, sessionId } = request.params
    return backup.putKeys(callerOf(request).userId, request.query.version, {
      [roomId]: { sessions: { [sessionId]: request.body } },
    })
  })
  app.get(path, { config, schema }, async (request) => {
    const { userId } = callerOf(request)
    await backup.read(userId, request.query.version)
    return backup.key(userId, request.query.version, request.params)
  })
  app.delete(path, { config, schema }, async (request) =>
    backup.removeKeys(callerOf(request).userId, request.query.version, request.params),
  )
}

/** `{"rooms":{<room id>:{"sessions":{...}}}}`, written while it is read: a backup may not fit in memory. */
async function* roomsJson(pages: AsyncIterable<StoredKey[]>): AsyncGenerator<string> {
  let roomId: string | undefined
  yield '{"rooms":{'
  for await (const page of pages) {
    let text = ''
    for (const key of page) {
      const begins = key.room_id !== roomId
      if (begins) text += `${roomId === undefined ? '' : '}},'}${JSON.stringify(key.room_id)}:{"sessions":{`
      text += `${begins ? '' : ','}${sessionJson(key)}`
      roomId = key.room_id
    }
    yield text
  }
  yield roomId === undefined ? '}}' : '}}}}'
}

async function* sessionsJson(pages: AsyncIterable<StoredKey[]>): AsyncGenerator<string> {
  let first = true
  yield '{"sessions":{'
  for await (const page of pages) {
    yield `${first ? '' : ','}${page.map(sessionJson).join(',')}`
    first = false
  }
  yield '}}'
}

function sessionJson({ room_id: _, session_id: sessionId, ...key }: StoredKey): string {
  return `${JSON.stringify(sessionId)}:${JSON.stringify(key)}`
}
