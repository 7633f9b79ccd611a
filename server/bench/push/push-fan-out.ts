import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { type Person, roomOf, sendText } from '../../test/support/person.ts'
import { type BenchSite, openBenchSite } from '../rooms/bench-site.ts'
import { type ChatResult, runChatLoad } from '../rooms/chat-load.ts'
import { roomsOfSize } from '../rooms/rooms.ts'
import { percentile, table } from '../statistics.ts'

const gatewayCount = 4
const pushersPerPerson = 50
const chatPeople = 50
const chatSenders = 8

/**
 * One message to a room whose members have 10,000 pushers among them, while others chat: how soon every gateway has every
 * notification, and what the chat notices of it. Gateways, load and node on one machine.
 */
export async function benchPushFanOut(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: { pushers: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '60' } },
  })
  const [pushers, seconds] = [Number(values.pushers), Number(values.seconds)]
  const gateways = await openGateways()
  const site = await openBenchSite({ DURE_OUTGOING_PRIVATE_NETWORKS: '127.0.0.1' })
  try {
    const people = await site.people(chatPeople + Math.ceil(pushers / pushersPerPerson))
    const chatting = people.slice(0, chatPeople)
    const notified = people.slice(chatPeople)
    const bigRoom = await roomOf(site.http, [...chatting.slice(0, 1), ...notified])
    await setPushers(site, notified, pushers, gateways.urls)
    await gateways.quiet()
    await measure(site, { chatting, bigRoom, pushers, seconds, gateways })
  } finally {
    await site.close()
    gateways.close()
  }
}

type Gateways = {
  urls: string[]
  /** How many have arrived of this event. */
  arrived(eventId: string): number
  lastArrivedAt(): number
  /** Resolves when nothing has come for a second. */
  quiet(): Promise<void>
  close(): void
}

async function openGateways(): Promise<Gateways> {
  const counts = new Map<string, number>()
  let lastArrivedAt = performance.now()
  const servers = await Promise.all(
    Array.from({ length: gatewayCount }, async (): Promise<Server> => {
      const server = createServer((request, response) => {
        let body = ''
        request.on('data', (chunk: Buffer) => {
          body += chunk
        })
        request.on('end', () => {
          const eventId = /"event_id":"(?<id>[^"]+)"/.exec(body)?.groups?.['id'] ?? ''
          counts.set(eventId, (counts.get(eventId) ?? 0) + 1)
          lastArrivedAt = performance.now()
          response.setHeader('content-type', 'application/json').end('{"rejected":[]}')
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  return {
    urls: servers.map(
      (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/_matrix/push/v1/notify`,
    ),
    arrived: (eventId) => counts.get(eventId) ?? 0,
    lastArrivedAt: () => lastArrivedAt,
    async quiet() {
      while (performance.now() - lastArrivedAt < 1000)
        await new Promise((resolve) => setTimeout(resolve, 100))
    },
    close() {
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

async function setPushers(
  { http }: BenchSite,
  people: readonly Person[],
  count: number,
  urls: readonly string[],
): Promise<void> {
  for (let first = 0; first < count; first += 16) {
    const batch = Array.from({ length: Math.min(16, count - first) }, async (_, n) => {
      const at = first + n
      const person = people[at % people.length]
      const body = {
        kind: 'http',
        app_id: 'org.dure.bench',
        pushkey: `key-${at}`,
        app_display_name: 'Bench',
        device_display_name: 'Phone',
        lang: 'ko',
        data: { url: urls[at % urls.length], format: 'event_id_only' },
        append: true,
      }
      const answer = await http.send('POST', '/_matrix/client/v3/pushers/set', {
        token: person?.token ?? '',
        body,
      })
      if (answer.status !== 200) throw new Error(answer.text)
    })
    await Promise.all(batch)
  }
}

type Given = { chatting: Person[]; bigRoom: string; pushers: number; seconds: number; gateways: Gateways }

async function measure(site: BenchSite, given: Given): Promise<void> {
  const { chatting, bigRoom, pushers, seconds, gateways } = given
  const rooms = await roomsOfSize(site, chatting, 20)
  const chat = () => runChatLoad(site.http, { rooms, people: chatting, senders: chatSenders, seconds })
  const alone = await chat()
  const running = chat()
  const [sender] = chatting
  if (!sender) throw new Error('nobody chats')
  const startedAt = performance.now()
  const eventId = await sendText(site.http, sender, bigRoom, 'to-all', { body: 'to all' })
  while (gateways.arrived(eventId) < pushers && performance.now() - startedAt < 300_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const took = (gateways.lastArrivedAt() - startedAt) / 1000
  const beside = await running

  const row = (what: string, { sent, seconds: lasted, sendMs, deliveryMs, missing }: ChatResult) => [
    what,
    sent / lasted,
    percentile(sendMs, 0.5),
    percentile(sendMs, 0.99),
    percentile(deliveryMs, 0.5),
    percentile(deliveryMs, 0.99),
    String(missing),
  ]
  const arrived = gateways.arrived(eventId)
  process.stdout.write(
    `\npush fan-out: ${arrived} of ${pushers} notifications in ${took.toFixed(1)} s beside chat, ${Math.round((arrived / took) * 60)} a minute (aim: 10,000 a minute)\n` +
      `chat of ${chatPeople} people, ${chatSenders} senders, ${seconds} s a line\n${table([
        ['', 'sends/s', 'send p50', 'p99 ms', 'last member p50', 'p99 ms', 'missing'],
        row('alone', alone),
        row('beside the fan-out', beside),
      ])}\n`,
  )
}
