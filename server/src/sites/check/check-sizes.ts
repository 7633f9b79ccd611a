import type { Capacity, Planned, SitesFile } from '../../platform/site/sites-file.ts'
import type { SiteFinding } from './finding.ts'

/**
 * What the messenger costs, from the measurements in the READMEs of rooms (rooms of 20, 64 senders, all members online) and sync
 * (idle long polls), on one slow core; and what is assumed where nothing was measured.
 */
export const costs = {
  /** Of the node's one thread that runs JavaScript, per send with its deliveries. */
  nodeMsPerSend: 1.2,
  databaseMsPerSend: 0.4,
  /** 495 MiB with 10,000 long polls, 257 without. */
  pollKiB: 24.4,
  /** A waiting person costs 1.1 % of a core for every 10,000. */
  pollCores: 0.011 / 10_000,
  nodeMiB: 257,
  /** Share of memory that PostgreSQL is given as its own buffers. */
  sharedBuffers: 0.25,
  /** Assumed: a row, its indexes and its share of the WAL kept. */
  bytesPerSend: 2048,
  /** Assumed: a day has as many sends as 4 hours of the peak. */
  peakHoursPerDay: 4,
  /** Above this share of a machine, queues grow. */
  busyMax: 0.7,
}

/** When a site is lost, each of the others carries half of the planned peak; and the database of one carries all writes. */
export function checkSizes({ planned, sites }: SitesFile): SiteFinding[] {
  if (!planned)
    return [
      {
        level: 'warning',
        what: 'the planned peak is missing',
        why: 'Whether two sites can carry what three do shows only when one has burnt.',
        advice: 'Add planned: { sendsPerSecond, peopleOnline }.',
      },
    ]
  return sites.flatMap(({ name, capacity }) =>
    capacity
      ? checkSite(name, planned, capacity)
      : [
          {
            level: 'warning',
            what: `${name}: the capacity is missing`,
            why: 'Nobody can say whether it carries half of the planned peak.',
            advice: 'Add capacity: { cpus, memoryGiB, diskGiB }.',
          } as const,
        ],
  )
}

function checkSite(name: string, planned: Planned, { cpus, memoryGiB, diskGiB }: Capacity): SiteFinding[] {
  const sends = planned.sendsPerSecond / 2
  const people = planned.peopleOnline / 2
  const thread = (sends * costs.nodeMsPerSend) / 1000 + people * costs.pollCores
  const database = (planned.sendsPerSecond * costs.databaseMsPerSend) / 1000
  const memory = (costs.nodeMiB + (people * costs.pollKiB) / 1024) / 1024 + memoryGiB * costs.sharedBuffers
  const gibPerDay = (planned.sendsPerSecond * costs.bytesPerSend * costs.peakHoursPerDay * 3600) / 1024 ** 3
  // A fifth of the disk is left for the WAL of a site that is away.
  const days = (diskGiB * 0.8) / gibPerDay
  return [
    judge(
      thread <= costs.busyMax,
      `${name}: its node's thread is busy ${percent(thread)}: ${sends} sends/s x ${costs.nodeMsPerSend} ms + ${people} people waiting x ${(costs.pollCores * 1e6).toFixed(1)} us/s`,
      'One node runs on one thread; above 70 % answers queue, and above 100 % they never catch up.',
      'Plan for fewer sends, or for more nodes at each site.',
    ),
    judge(
      thread + database <= cpus * costs.busyMax,
      `${name}: ${(thread + database).toFixed(2)} of ${cpus} cores: the node ${thread.toFixed(2)}, the database ${database.toFixed(2)} (${planned.sendsPerSecond} sends/s x ${costs.databaseMsPerSend} ms: all writes, when it leads)`,
      'The surviving sites would be too slow just when everybody comes.',
      `Give it ${Math.ceil((thread + database) / costs.busyMax)} cores.`,
    ),
    judge(
      memory <= memoryGiB * costs.busyMax,
      `${name}: ${memory.toFixed(1)} of ${memoryGiB} GiB of memory: ${people} people waiting x ${costs.pollKiB} KiB + the node's ${costs.nodeMiB} MiB + a quarter for PostgreSQL`,
      'Without memory for its cache PostgreSQL reads from disk, and the kernel ends what is largest.',
      'Give it more memory.',
    ),
    judge(
      days >= 30,
      `${name}: ${diskGiB} GiB of disk last ${Math.floor(days)} days of text: ${gibPerDay.toFixed(1)} GiB a day, a fifth kept free; media comes on top`,
      'A full disk ends the writing of everybody when it is the leader’s, and nothing may be deleted in a hurry.',
      'Give it more disk.',
    ),
  ]
}

function judge(good: boolean, what: string, why: string, advice: string): SiteFinding {
  return good ? { level: 'ok', what } : { level: 'problem', what, why, advice }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
