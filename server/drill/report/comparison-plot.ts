import { box, escaped, line, text } from './svg.ts'

const row = { height: 44, bar: 14 }
const ticks = [
  [1, '1 s'],
  [10, '10 s'],
  [60, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [36_000, '10 h'],
  [360_000, '100 h'],
] as const
const leastS = 0.1
const mostS = 600_000

/** 15 October 2022 beside the worst that this drill measured, on a scale on which both can be seen. */
export function comparisonPlot(outageS: number, width = 760): string {
  const rows = [
    { name: 'Kakao, everything normal again', what: '127 h 33 min', s: 127 * 3600 + 33 * 60, kind: 'theirs' },
    { name: 'Kakao, photographs and files', what: 'about 30 h', s: 30 * 3600, kind: 'theirs' },
    { name: 'Kakao, text messages', what: '10 h', s: 10 * 3600, kind: 'theirs' },
    {
      name: 'Dure in this drill, the slowest client of all burns',
      what: `${outageS.toFixed(1)} s`,
      s: outageS,
      kind: 'ours',
    },
  ]
  const right = 16
  const x = (s: number) =>
    (Math.log(Math.max(s, leastS) / leastS) / Math.log(mostS / leastS)) * (width - right)
  const bottom = rows.length * row.height + 6
  const step = width < 500 ? 2 : 1
  return `<svg class="plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 26}" role="img" aria-label="${escaped(rows.map(({ name, what }) => `${name}: ${what}`).join('; '))}">${[
    ...ticks.map(([s]) => line(x(s), 0, x(s), bottom, 'rule')),
    ...ticks
      .filter((_, i) => i % step === 0)
      .map(([s, label]) => text(x(s), bottom + 18, label, 'soft', 'middle')),
    ...rows.flatMap(({ name, what, s, kind }, i) => [
      text(2, i * row.height + 17, `${name}: ${what}`),
      box(0, i * row.height + 24, Math.max(2, x(s)), row.bar, kind),
    ]),
  ].join('')}</svg>`
}
