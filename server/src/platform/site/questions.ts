import { connect } from 'node:net'
import type { Clock } from '../clock.ts'
import type { MemberStatus } from './decide.ts'
import { fieldsOf } from './etcd-json.ts'
import type { Way } from './reach.ts'
import { type Site, type SitesFile, siteNamed, urlAt } from './sites-file.ts'

/** The outside world as the watcher asks it. */
export type Questions = {
  /** Resolves when something answered; rejects when nothing did. */
  ask(site: string, way: Way): Promise<void>
  /** What Patroni at that site says of its PostgreSQL; undefined when it says nothing. */
  memberAt(site: string): Promise<MemberStatus | undefined>
}

export function createQuestions(
  { clock }: { clock: Pick<Clock, 'after'> },
  file: SitesFile,
  options: { timeoutMs: number },
): Questions {
  const { ports } = file

  /** Any status is an answer: a process that says it is unwell is there. */
  const asked: Record<Way, (site: Site, signal: AbortSignal) => Promise<unknown>> = {
    patroni: ({ address }, signal) => get(`${urlAt(address, ports.patroni)}/liveness`, signal),
    node: ({ address }, signal) => get(`${urlAt(address, ports.node)}/livez`, signal),
    etcd: ({ address }, signal) => get(`${urlAt(address, ports.etcdClient)}/version`, signal),
    postgres: ({ address }, signal) => askPostgres(address, ports.postgres, signal),
  }

  async function bounded<Answer>(run: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const ended = new AbortController()
    const cancel = clock.after(options.timeoutMs, () => ended.abort())
    try {
      return await run(ended.signal)
    } finally {
      cancel()
    }
  }

  return {
    async ask(site, way) {
      await bounded((signal) => asked[way](siteNamed(file, site), signal))
    },
    async memberAt(site) {
      const url = `${urlAt(siteNamed(file, site).address, ports.patroni)}/patroni`
      try {
        return readMember(site, JSON.parse(await bounded((signal) => get(url, signal))))
      } catch {
        return undefined
      }
    },
  }
}

async function get(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, redirect: 'manual' })
  return response.text()
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html (SSLRequest): length 8, then the request's number. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** A connection is taken by the kernel; only the answer to the first message shows that PostgreSQL itself turns. */
function askPostgres(host: string, port: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host, port })
  const abort = () => socket.destroy(new Error('no answer in time'))
  signal.addEventListener('abort', abort, { once: true })
  socket.once('connect', () => socket.write(sslRequest))
  socket.once('data', () => resolve())
  socket.once('error', reject)
  socket.once('close', () => reject(new Error('closed without an answer')))
  return promise.finally(() => {
    signal.removeEventListener('abort', abort)
    socket.destroy()
  })
}

/** https://patroni.readthedocs.io/en/latest/rest_api.html#monitoring-endpoint */
function readMember(name: string, answer: unknown): MemberStatus {
  const { state, role, replication_state: replication, xlog } = fieldsOf(answer)
  const { received_location: received, replayed_location: replayed } = fieldsOf(xlog)
  return {
    name,
    standby: state === 'running' && role !== 'primary',
    streaming: replication === 'streaming',
    position: Math.max(Number(received) || 0, Number(replayed) || 0),
  }
}
