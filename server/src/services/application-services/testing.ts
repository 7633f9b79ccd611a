import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { stringify } from 'yaml'
import { atEnd } from '../../platform/testing/cleanup.ts'

export type ReceivedRequest = {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  text: string
}
export type BridgeAnswer = { status: number; body?: unknown }

/** An application service of the outside world, which keeps what it is sent and answers as the test says. */
export type TestBridge = {
  id: string
  token: string
  requests: ReceivedRequest[]
  /** Decides on each answer from now on; 200 and {} unless it says otherwise. */
  answer(decide: (request: ReceivedRequest) => BridgeAnswer | Promise<BridgeAnswer>): void
  /** Resolves with the first request, of those answered so far and to come, that fits. */
  until(fits: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>
  /** Events of all confirmed transactions, each transaction counted once. */
  events(): { event_id: string; type: string; sender: string; room_id: string; content: object }[]
  /** Path of its registration file. */
  registration: string
}

/** Listens, and writes a registration whose members `changes` may replace. */
export async function testBridge(
  t: TestContext,
  changes: Record<string, unknown> = {},
  namespaces: Record<string, unknown> = {},
): Promise<TestBridge> {
  const id = String(changes['id'] ?? 'irc')
  const requests: ReceivedRequest[] = []
  const confirmed = new Map<string, string>()
  const waiting = new Set<() => void>()
  let decide: (request: ReceivedRequest) => BridgeAnswer | Promise<BridgeAnswer> = () => ({ status: 200 })

  const server = createServer((incoming, response) => {
    receive(incoming)
      .then(async (request) => {
        requests.push(request)
        const { status, body = {} } = await decide(request)
        const transaction = /\/transactions\/(?<id>[^/]+)$/.exec(request.path)?.groups?.['id']
        if (transaction && status === 200) confirmed.set(transaction, request.text)
        reply(response, status, body)
        for (const look of waiting) look()
      })
      .catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'dure-bridge-'))
  atEnd(t, async () => {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const registration = join(folder, `${id}.yaml`)
  const token = `as-token-of-${id}-0123456789`
  await writeFile(
    registration,
    stringify({
      id,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      as_token: token,
      hs_token: `hs-token-of-${id}-0123456789`,
      sender_localpart: `_${id}_bot`,
      rate_limited: false,
      namespaces: {
        users: [{ regex: `@_${id}_.*`, exclusive: true }],
        aliases: [{ regex: `#_${id}_.*`, exclusive: true }],
        rooms: [],
        ...namespaces,
      },
      ...changes,
    }),
  )

  return {
    id,
    token,
    requests,
    registration,
    answer(next) {
      decide = next
    },
    until(fits) {
      const { promise, resolve } = Promise.withResolvers<ReceivedRequest>()
      const look = () => {
        const found = requests.find(fits)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
      return promise
    },
    events: () => [...confirmed.values()].flatMap((text) => JSON.parse(text).events),
  }
}

/** As `environment` of a test's node. */
export function connected(...bridges: TestBridge[]): Record<string, string> {
  const paths = bridges.map(({ registration }) => registration)
  return { DURE_APPLICATION_SERVICES_REGISTRATIONS: paths.join() }
}

export function isTransaction({ path }: ReceivedRequest): boolean {
  return path.includes('/transactions/')
}

async function receive(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const url = new URL(incoming.url ?? '/', 'http://bridge')
  return {
    method: incoming.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    authorization: incoming.headers.authorization,
    text: Buffer.concat(chunks).toString(),
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
