import type { LoadSeries, Mark } from '../load/types.ts'
import { cut } from './summary.ts'
import { box, escaped, heading, line, pictureStyle, steps, text } from './svg.ts'
import type { ScenarioRow } from './types.ts'

type Options = {
  /** With its own background and style, for a page that is not ours. */
  standalone?: boolean
  width?: number
}

const beforeMs = 12_000
const leastAfterMs = 30_000
const mostAfterMs = 60_000
const margin = { left: 64, right: 14, top: 74, bottom: 34 }
const lane = { height: 62, gap: 30 }

/** One fire as a manager sees it: who was answered, second by second, at each site, and how long nobody could send. */
export function burnPlot(series: LoadSeries, row: ScenarioRow, options: Options = {}): string {
  const { window } = row
  const after = Math.min(mostAfterMs, Math.max(leastAfterMs, window.outageTo - window.from + 20_000))
  const shown = cut(series, window.from - beforeMs, Math.min(window.from + after, window.to))
  const width = options.width ?? 760
  const narrow = width < 500
  const seconds = Math.max(1, shown.sends.length)
  const x = (second: number) => margin.left + (second / seconds) * (width - margin.left - margin.right)
  const xAt = (ms: number) => x((ms - shown.startedAt) / 1000)
  const lanes = [
    {
      name: 'all sites',
      what: narrow ? 'messages/s' : 'messages a second',
      values: shown.sends,
      kind: 'sends',
      errors: [] as number[],
    },
    ...shown.sites.map(({ name, requests, errors }) => ({
      name,
      what: narrow ? 'requests/s' : 'requests a second',
      values: requests,
      kind: 'lane',
      errors,
    })),
  ]
  const top = (index: number) => margin.top + (options.standalone ? 20 : 0) + index * (lane.height + lane.gap)
  const bottom = top(lanes.length - 1) + lane.height
  const most = Math.max(1, ...shown.sites.flatMap(({ requests }) => requests))

  const outage = window.outageS.toFixed(1)
  const labelTop = options.standalone ? 42 : 22
  const parts = [
    box(
      xAt(window.outageFrom),
      top(0) - 24,
      xAt(window.outageTo) - xAt(window.outageFrom),
      bottom - top(0) + 24,
      'shade',
    ),
    ...lanes.flatMap(({ name, what, values, kind, errors }, index) => {
      const scale = kind === 'sends' ? Math.max(1, ...values) : most
      const y = (value: number) => top(index) + lane.height - (Math.min(value, scale) / scale) * lane.height
      return [
        steps(values, x, y, kind),
        ...(errors.some(Boolean) ? [steps(errors, x, y, 'errors')] : []),
        line(margin.left, top(index) + lane.height, width - margin.right, top(index) + lane.height, 'rule'),
        heading(margin.left, top(index) - 7, name, what),
        text(margin.left - 8, top(index) + 11, String(scale), 'soft', 'end'),
        text(margin.left - 8, top(index) + lane.height, '0', 'soft', 'end'),
      ]
    }),
    line(xAt(window.from), options.standalone ? 30 : 8, xAt(window.from), bottom, 'fire'),
    text(xAt(window.from) + 7, labelTop, fireText(row), 'fire'),
    text(
      xAt(window.from) + 7,
      labelTop + 20,
      `${outage} s ${narrow ? 'outage' : 'without a message'}`,
      'out',
    ),
    ...later(shown.marks, window.from).map((mark) =>
      line(xAt(mark.at), top(0), xAt(mark.at), bottom, 'back'),
    ),
    ...ticks(shown.startedAt, window.from, seconds).map((second) =>
      text(
        x((window.from - shown.startedAt) / 1000 + second),
        bottom + 18,
        second === 0 ? 'fire' : `${second > 0 ? '+' : '−'}${Math.abs(second)} s`,
        'soft',
        'middle',
      ),
    ),
  ]
  const height = bottom + margin.bottom
  const title = `${row.title}: requests and errors per second at each site; ${outage} seconds in which no message could be sent.`
  return `<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${options.standalone ? `width="${width}" height="${height}" ` : ''}role="img" aria-label="${escaped(title)}">${
    options.standalone ? `<style>${pictureStyle}</style>${box(0, 0, width, height, 'paper')}` : ''
  }${options.standalone ? text(margin.left, 18, legend(row), 'soft') : ''}${parts.join('')}</svg>\n`
}

function fireText({ burn, site, title }: ScenarioRow): string {
  return burn ? `${site ?? 'a site'} burns` : title
}

/** What the colours say. */
export function legend({ burn }: ScenarioRow): string {
  return burn
    ? 'Green: answered. Red: not answered; the client asks again elsewhere. Shaded: nobody’s message came through.'
    : 'Green: answered. Red: not answered; the client asks again elsewhere.'
}

function later(marks: readonly Mark[], from: number): Mark[] {
  return marks.filter(({ at }) => at > from)
}

/** Every ten seconds from the fire on, both ways. */
function ticks(startedAt: number, from: number, seconds: number): number[] {
  const before = Math.floor((from - startedAt) / 10_000)
  const after = Math.floor((seconds - (from - startedAt) / 1000) / 10)
  return Array.from({ length: before + after + 1 }, (_, i) => (i - before) * 10)
}
