import type { Person } from '../../../../test/support/person.ts'
import type { Violation } from '../../../checks/violation.ts'
import { PatienceEnded } from '../../honest-client.ts'
import type { RunningWorkload, WorkloadContext } from '../../types.ts'
import type { Device } from './device.ts'
import { brokenFile, download, fileSizeBytes, type SharedFile, upload } from './files.ts'
import { unit } from './population.ts'
import { createSender, startHabit } from './sender.ts'
import type { Town } from './town.ts'
import { verifyMessenger } from './verify.ts'
import { visit } from './visitors.ts'

/** Files and second devices of everybody together. */
const perSecond = { files: 1 / 5, visits: 1 / 8 }
const visitorsMax = 8
const caughtUpMs = 60_000

/** People type, share, read what others share, and come and go with second devices. */
export function startActivity(context: WorkloadContext, town: Town): RunningWorkload {
  const { clock, random, recorder, log } = context
  const defects: Violation[] = []
  const files: SharedFile[] = []
  const acknowledgedAt = new Map<string, number>()
  const visitors = new Set<Promise<void>>()
  const former: Device[] = []
  const work = new Set<Promise<unknown>>()
  let leaving = new AbortController()
  let habits: { stop(): void }[] = []

  /** Patience that ended is counted; anything else is a broken promise. */
  function defect(who: string, error: unknown): void {
    if (error instanceof PatienceEnded) recorder.gaveUp()
    else
      defects.push({
        what: 'session',
        detail: `an honest request failed: ${error}`.slice(0, 300),
        who,
        at: clock.now(),
      })
    log(`${who}: ${error}`)
  }
  town.defect.on = defect

  const authors = town.inhabitants.map(({ device }, i) => ({
    device,
    rooms: town.roomIds.filter((_, room) => town.rooms[room]?.includes(i)),
    sender: createSender(
      {
        clock,
        recorder,
        onDefect: (error) => {
          if (!(error instanceof PatienceEnded)) defect(device.person.userId, error)
        },
        onAcknowledged: (id, at) => acknowledgedAt.set(id, at),
      },
      device,
    ),
  }))
  type Author = (typeof authors)[number]

  function inBackground(who: string, run: () => Promise<unknown>): void {
    const running = run().catch((error: unknown) => defect(who, error))
    work.add(running)
    void running.then(() => work.delete(running))
  }

  function chat({ rooms, sender }: Author): void {
    const roomId = rooms[random.below(rooms.length)]
    if (roomId !== undefined)
      sender.type(roomId, {
        msgtype: 'm.text',
        body: 'two or three words, now and then a sentence'.slice(random.below(40)),
      })
  }

  async function share({ device, rooms, sender }: Author): Promise<void> {
    const file = await upload({ clock }, device, Buffer.from(random.bytes(fileSizeBytes(random))))
    files.push(file)
    const roomId = rooms[random.below(rooms.length)] ?? ''
    sender.type(roomId, { msgtype: 'm.file', body: 'photograph', url: file.mxc, sha256: file.sha256 })
  }

  town.arrival.on = ({ content, sender }, roomId, at, person) => {
    const sentAt = acknowledgedAt.get(String(content['drill']))
    if (sentAt !== undefined && sender !== person.userId) recorder.arrived(Math.max(0, at - sentAt))
    if (content['msgtype'] === 'm.file' && sender !== person.userId) look(content, roomId, person)
  }

  /** Two or three of a room's members open the file. */
  function look(content: Record<string, unknown>, roomId: string, person: Person): void {
    const members = town.rooms[town.roomIds.indexOf(roomId)]?.length ?? 1
    const client = town.inhabitants.find(({ device }) => device.person === person)?.device.client
    if (!client || unit(random) > 2.5 / members) return
    const file = files.find(({ mxc }) => mxc === content['url'])
    if (!file) return
    inBackground(person.userId, async () => {
      const wrong = await download(client.send, person.token, file)
      if (wrong !== undefined) defects.push(brokenFile(file, wrong, { at: clock.now() }))
    })
  }

  function receiveVisitor(): void {
    const host = town.inhabitants[random.below(town.inhabitants.length)]
    if (!host || visitors.size >= visitorsMax) return
    const client = town.newClient(host.home)
    const visiting = visit({ clock, random }, client, host.name, town.newDevice, leaving.signal)
      .then((device) => void former.push(device))
      .catch((error: unknown) => defect(host.device.person.userId, error))
      .then(() => {
        visitors.delete(visiting)
        client.close()
      })
    visitors.add(visiting)
  }

  function resume(): void {
    if (habits.length > 0) return
    leaving = new AbortController()
    const anybody = () => authors[random.below(authors.length)]
    habits = [
      ...authors.map((author, i) =>
        startHabit(
          { clock, random },
          () => (town.shares[i] ?? 0) * context.sendsPerSecond,
          () => chat(author),
        ),
      ),
      startHabit(
        { clock, random },
        () => perSecond.files,
        () => {
          const author = anybody()
          if (author) inBackground(author.device.person.userId, () => share(author))
        },
      ),
      startHabit({ clock, random }, () => perSecond.visits, receiveVisitor),
    ]
  }

  async function settle(): Promise<void> {
    for (const habit of habits) habit.stop()
    habits = []
    leaving.abort()
    await Promise.all([...visitors])
    while (work.size > 0) await Promise.all([...work])
    await Promise.all(authors.map(({ sender }) => sender.emptied()))
    const sent = authors.flatMap(({ sender }) => sender.records)
    const newest = new Map<string, (typeof sent)[number]>()
    for (const record of sent)
      if ((record.acknowledgedAt ?? 0) > (newest.get(record.roomId)?.acknowledgedAt ?? 0))
        newest.set(record.roomId, record)
    const behind = () =>
      authors.some(({ device }) =>
        [...newest.values()].some(({ roomId, eventId = '' }) => !device.hasSeen(roomId, eventId)),
      )
    for (const deadline = clock.now() + caughtUpMs; behind() && clock.now() < deadline; )
      await clock.sleep(50)
    // A hidden second copy would arrive after the last one.
    await clock.sleep(500)
  }

  resume()
  return {
    resume,
    settle,
    verify: (sites) =>
      verifyMessenger({ clock, random }, sites, {
        town,
        records: authors.flatMap(({ sender }) => sender.records),
        former,
        files,
        defects: defects.splice(0),
      }),
    async stop() {
      for (const habit of habits) habit.stop()
      leaving.abort()
      for (const { device } of authors) {
        await device.end()
        device.client.close()
      }
    },
  }
}
