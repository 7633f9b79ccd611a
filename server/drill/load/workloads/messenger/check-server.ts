import type { Clock } from '../../../../src/platform/clock.ts'
import { createHttpClient, type HttpClient } from '../../../../test/support/http-client.ts'
import { ok, type Person, type SyncEvent } from '../../../../test/support/person.ts'
import type { SendRecord, Timeline } from '../../../checks/history.ts'
import type { Violation } from '../../../checks/violation.ts'
import type { SiteAddress } from '../../types.ts'
import { brokenFile, download, type SharedFile } from './files.ts'

const api = '/_matrix/client/v3'
const requestMs = 30_000
/** A site may say "not now", and for a moment after it read from a copy it says so instead of "there is no such thing". */
const notNow = 503
const notNowMs = 20_000
const askAgainMs = 500

/** Questions put to one site and no other, once the load has settled. */
export type Witness = {
  site: string
  timeline(roomId: string, reader: Person): Promise<Timeline>
  /** Repeats a send under its transaction id: it must get the same event. */
  repeat(record: SendRecord, sender: Person): Promise<Violation | undefined>
  /** A live session is known, an ended one is not. */
  session(person: Person, alive: boolean): Promise<Violation | undefined>
  file(file: SharedFile, reader: Person): Promise<Violation | undefined>
  close(): void
}

export function createWitness({ clock }: { clock: Clock }, { name: site, url }: SiteAddress): Witness {
  const http: HttpClient = createHttpClient(url)
  const send: HttpClient['send'] = async (method, path, options) => {
    const until = clock.now() + notNowMs
    for (;;) {
      const answer = await http.send(method, path, { ...options, signal: AbortSignal.timeout(requestMs) })
      if (answer.status !== notNow || clock.now() >= until) return answer
      await clock.sleep(askAgainMs)
    }
  }

  return {
    site,
    async timeline(roomId, { token }) {
      const events: Timeline['events'] = []
      for (let from: string | undefined = ''; from !== undefined; ) {
        const path = `${api}/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=1000${from}`
        const page: { chunk: SyncEvent[]; end?: string } = ok(await send('GET', path, { token })).json()
        for (const { event_id: eventId, content } of page.chunk) {
          const sendId = content['drill']
          events.push({ eventId, ...(typeof sendId === 'string' ? { sendId } : {}) })
        }
        from = page.end === undefined ? undefined : `&from=${encodeURIComponent(page.end)}`
      }
      return { site, roomId, events }
    },
    async repeat({ id, roomId, eventId }, { userId: who, token }) {
      const path = `${api}/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${encodeURIComponent(id)}`
      const answer = await send('PUT', path, { token, body: { msgtype: 'm.text', body: 'again', drill: id } })
      const again =
        answer.status === 200 ? answer.json<{ event_id: string }>().event_id : String(answer.status)
      if (again === eventId) return undefined
      const detail = `send ${id}, repeated, was answered ${again} and before ${eventId}`
      return { what: 'doubled', detail, who, site, roomId, at: clock.now() }
    },
    async session({ userId, deviceId, token }, alive) {
      const { status } = await send('GET', `${api}/account/whoami`, { token })
      if (status === (alive ? 200 : 401)) return undefined
      const detail = `a session that is ${alive ? 'alive' : 'logged out'} was answered ${status}`
      return { what: 'session', detail, who: `${userId} ${deviceId}`, site, at: clock.now() }
    },
    async file(file, { token }) {
      const wrong = await download(
        async (...request) => Object.assign(await send(...request), { site }),
        token,
        file,
      )
      return wrong === undefined ? undefined : brokenFile(file, wrong, { site })
    },
    close: () => http.close(),
  }
}
