import { percentile } from '../../bench/statistics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { type Gap, longestGap, type Wish } from './longest-gap.ts'
import type { LoadSeries, LoadWindow, Mark, Percentiles, Recorder } from './types.ts'

export type Numbers = Recorder & {
  mark(text: string, site?: string): number
  window(): LoadWindow
  series(): LoadSeries
}

type Send = Wish & { client: string; begunAt?: number }

/** What is compared with: so long before a mark, and so long after it when there was no outage to speak of. */
const comparedMs = 10_000
const noticeableMs = 1000

export function createNumbers({ clock }: { clock: Clock }, siteNames: readonly string[]): Numbers {
  const startedAt = clock.now()
  const sends: Send[] = []
  const marks: Mark[] = [{ at: startedAt, text: 'start' }]
  const lanes = siteNames.map((name) => ({ name, requests: [] as number[], errors: [] as number[] }))
  let since = sinceMark()

  function window(): LoadWindow {
    const to = clock.now()
    const { at: from, text } = marks.at(-1) ?? { at: startedAt, text: 'start' }
    const outage = longestGap(sends, from, to)
    const arrived = percentiles(since.arrivalsMs)
    const { readmittedMs } = since
    return {
      mark: text,
      from,
      to,
      outageS: seconds(outage.to - outage.from),
      outageFrom: outage.from,
      outageTo: outage.to,
      clients: clientGaps(sends, from, to),
      sends: {
        typed: sends.filter(({ wantedAt }) => wantedAt >= from).length,
        acknowledged: sends.filter(({ doneAt }) => doneAt !== undefined && doneAt >= from).length,
        failed: sends.filter(({ failedAt }) => failedAt !== undefined && failedAt >= from).length,
        heldBack: since.heldBack,
      },
      otherFailed: since.gaveUp,
      attempts: { ...since.attempts },
      refused: {
        requests: since.attempts.refused,
        ...(readmittedMs.length === 0
          ? {}
          : {
              readmittedP50S: seconds(percentile(readmittedMs, 0.5)),
              readmittedP99S: seconds(percentile(readmittedMs, 0.99)),
            }),
      },
      ...phases(sends, outage, { before: marks.at(-2)?.at ?? startedAt, from, to }),
      ...(arrived ? { arrivalMs: arrived } : {}),
    }
  }

  return {
    attempt(site, failure) {
      since.attempts.total++
      if (failure) since.attempts[failure]++
      const lane = lanes.find(({ name }) => name === site)
      if (!lane) return
      const second = Math.floor((clock.now() - startedAt) / 1000)
      lane.requests[second] = (lane.requests[second] ?? 0) + 1
      if (failure) lane.errors[second] = (lane.errors[second] ?? 0) + 1
    },
    wanted(client) {
      const send: Send = { client, wantedAt: clock.now() }
      sends.push(send)
      return {
        begun() {
          send.begunAt ??= clock.now()
        },
        done() {
          send.doneAt = clock.now()
        },
        failed() {
          send.failedAt = clock.now()
        },
      }
    },
    heldBack: () => void since.heldBack++,
    gaveUp: () => void since.gaveUp++,
    readmitted: (ms) => void since.readmittedMs.push(ms),
    arrived: (ms) => void since.arrivalsMs.push(ms),
    mark(text, site) {
      const at = clock.now()
      marks.push({ at, text, ...(site === undefined ? {} : { site }) })
      since = sinceMark()
      return at
    },
    window,
    series() {
      const length = Math.floor((clock.now() - startedAt) / 1000) + 1
      const whole = (counts: readonly number[]) => Array.from({ length }, (_, second) => counts[second] ?? 0)
      const done: number[] = []
      for (const { doneAt } of sends) {
        if (doneAt === undefined) continue
        const second = Math.floor((doneAt - startedAt) / 1000)
        done[second] = (done[second] ?? 0) + 1
      }
      return {
        startedAt,
        sends: whole(done),
        sites: lanes.map(({ name, requests, errors }) => ({
          name,
          requests: whole(requests),
          errors: whole(errors),
        })),
        marks: [...marks],
      }
    },
  }
}

/** What is only told for the time since the last mark, and therefore only kept for it. */
function sinceMark() {
  const attempts: LoadWindow['attempts'] = {
    total: 0,
    refused: 0,
    unanswered: 0,
    broken: 0,
    closed: 0,
    error: 0,
    overtaken: 0,
  }
  return { attempts, heldBack: 0, gaveUp: 0, readmittedMs: [] as number[], arrivalsMs: [] as number[] }
}

function clientGaps(sends: readonly Send[], from: number, to: number): LoadWindow['clients'] {
  const near = sends.filter(({ doneAt, failedAt }) => (doneAt ?? failedAt ?? to) >= from)
  const gapsS = [...Map.groupBy(near, ({ client }) => client).values()].map((own) => {
    const gap = longestGap(own, from, to)
    return seconds(gap.to - gap.from)
  })
  const { p50, p99, max } = percentiles(gapsS) ?? { p50: 0, p99: 0, max: 0 }
  return { p50S: p50, p99S: p99, maxS: max, gapsS }
}

/** Rate and duration of sends before the mark, until recovery, and from then on. */
function phases(
  sends: readonly Send[],
  outage: Gap,
  { before, from, to }: { before: number; from: number; to: number },
): Pick<LoadWindow, 'throughput' | 'sendMs'> {
  const recovered =
    outage.to - outage.from >= noticeableMs ? Math.min(outage.to, to) : Math.min(from + comparedMs, to)
  const measure = (start: number, end: number) => {
    const done = sends.filter(({ doneAt }) => doneAt !== undefined && doneAt >= start && doneAt < end)
    return {
      perS: end > start ? round((done.length * 1000) / (end - start)) : 0,
      ms: percentiles(done.map(({ doneAt = 0, begunAt = 0 }) => round(doneAt - begunAt))),
    }
  }
  const start = Math.max(before, from - comparedMs)
  const was = start < from ? measure(start, from) : undefined
  const during = measure(from, recovered)
  const after = recovered < to ? measure(recovered, to) : undefined
  return {
    throughput: {
      ...(was ? { beforePerS: was.perS } : {}),
      duringPerS: during.perS,
      ...(after ? { afterPerS: after.perS } : {}),
    },
    sendMs: {
      ...(was?.ms ? { before: was.ms } : {}),
      ...(during.ms ? { during: during.ms } : {}),
      ...(after?.ms ? { after: after.ms } : {}),
    },
  }
}

function percentiles(samples: readonly number[]): Percentiles | undefined {
  if (samples.length === 0) return undefined
  return {
    p50: round(percentile(samples, 0.5)),
    p99: round(percentile(samples, 0.99)),
    max: round(percentile(samples, 1)),
  }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
