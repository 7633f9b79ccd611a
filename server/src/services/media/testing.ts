import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { Clock } from '../../platform/clock.ts'
import { type App, createHttp } from '../../platform/http/http.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import type { OutgoingSettings } from '../../platform/outgoing/config.ts'
import { testOutgoing } from '../../platform/outgoing/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { type TestPlatform, testPlatform } from '../../platform/testing/platform.ts'
import { type MediaSettings, mediaBudgets, mediaSettings } from './config.ts'
import { createMedia, type MediaService } from './service.ts'

export const testServerName = 'media.test'

export type MediaNode = {
  media: MediaService
  platform: TestPlatform
  url: string
  http: App
  /** Calls the node over HTTP; `as` is a localpart, or undefined for nobody. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>
  /** Uploads as `@alice` and gives the media ID. */
  upload(bytes: Uint8Array, options?: { type?: string; fileName?: string; as?: string }): Promise<string>
}
type Given = {
  settings?: Partial<MediaSettings>
  clock?: Clock
  outgoing?: Partial<OutgoingSettings>
}
type CallOptions = {
  as?: string | undefined
  body?: Uint8Array | ReadableStream
  headers?: Record<string, string>
}

/** Nodes with nothing but media, listening on loopback, on a database of their own. A token is the person's localpart. */
export async function mediaFixture(
  t: TestContext,
  given: Given & { nodes?: number } = {},
): Promise<MediaNode & { nodes: MediaNode[] }> {
  const { url } = await testDatabase(t)
  const nodes: MediaNode[] = []
  for (let i = 0; i < (given.nodes ?? 1); i++) nodes.push(await mediaNode(t, url, given))
  const [first] = nodes
  if (!first) throw new Error('a fixture has at least one node')
  return { ...first, nodes }
}

async function mediaNode(t: TestContext, databaseUrl: string, given: Given): Promise<MediaNode> {
  const platform = testPlatform(t, databaseUrl, given.clock ? { clock: given.clock } : {})
  const outgoing = testOutgoing(t, given.outgoing)
  const media = createMedia({ ...platform, outgoing }, testServerName, { ...defaults(), ...given.settings })
  const http = await createHttp(
    {
      clock: platform.clock,
      log: platform.log,
      random: platform.random,
      limits: createRateLimits(platform, mediaBudgets, false),
      authenticate: async (token) => ({
        userId: `@${token}:${testServerName}`,
        deviceId: 'D',
        guest: token === 'guest',
        sessionId: token,
      }),
    },
    { bodyBytesMax: 1000, trustedProxies: [], draining: () => false },
  )
  await media.routes(http)
  const url = await http.listen({ host: '127.0.0.1', port: 0 })
  atEnd(t, () => http.close())
  await platform.start()

  const call: MediaNode['call'] = (method, path, { as, body, headers = {} } = {}) =>
    fetch(url + path, {
      method,
      headers: { ...headers, ...(as === undefined ? {} : { authorization: `Bearer ${as}` }) },
      ...(body ? { body, duplex: 'half' } : {}),
    })

  return {
    media,
    platform,
    url,
    http,
    call,
    async upload(bytes, { type = 'application/octet-stream', fileName, as = 'alice' } = {}) {
      const query = fileName === undefined ? '' : `?filename=${encodeURIComponent(fileName)}`
      const answer = await call('POST', `/_matrix/media/v3/upload${query}`, {
        as,
        body: bytes,
        headers: { 'content-type': type },
      })
      if (answer.status !== 200) throw new Error(`upload: ${answer.status} ${await answer.text()}`)
      const { content_uri } = (await answer.json()) as { content_uri: string }
      return content_uri.slice(`mxc://${testServerName}/`.length)
    },
  }
}

function defaults(): MediaSettings {
  const entries = Object.entries(mediaSettings).map(([name, setting]) => [name, setting.fallback])
  return Object.fromEntries(entries) as MediaSettings
}

export const downloadPath = (mediaId: string) =>
  `/_matrix/client/v1/media/download/${testServerName}/${mediaId}`
export const thumbnailPath = (mediaId: string, query: string) =>
  `/_matrix/client/v1/media/thumbnail/${testServerName}/${mediaId}?${query}`

/** Status and error code of an answer that refuses. */
export async function refusalOf(asked: Promise<Response> | Response): Promise<[number, string]> {
  const answer = await asked
  const { errcode } = (await answer.json()) as { errcode: string }
  return [answer.status, errcode]
}

export const noise = (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes))
