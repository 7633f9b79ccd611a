import { slices } from '../../server/src/configuration.ts'
import { loadConfiguration } from '../../server/src/platform/config/load.ts'
import { allBudgets } from '../../server/src/routes.ts'
import { constants } from '../../server/test/limits/constants.ts'
import { allLimits, type Limit } from '../../server/test/limits/limits.ts'

const kinds: readonly [kind: Limit['kind'], title: string, text: string][] = [
  [
    'asked',
    'What a request runs into',
    'Each is tried at the limit and past it (`server/test/limits/edges.test.ts`); the [refusals](refusals.md) say what the answer is.',
  ],
  [
    'page',
    'What an answer gives at most',
    'Asking for more is no fault: there is another page, or that much and no more.',
  ],
  ['inside', 'What bounds memory and work inside', 'Nobody is refused by these unless the text says so.'],
]

/** Every size, count, depth and rate that bounds what somebody can make this server do. */
export function documentLimits(origin: string): string {
  const values = new Map(constants().map(({ file, name, value }) => [`${file} ${name}`, value]))
  return [
    '# Limits',
    '',
    `${origin} From the constants as they stand in the code: a test fails when one is not in this table. What an operator can change stands`,
    'under settings and in the [configuration](configuration.md). The specification sets those of events, identifiers and types.',
    '',
    ...kinds.flatMap(([kind, title, text]) => [
      `## ${title}`,
      '',
      text,
      '',
      '| what | limit | where |',
      '|---|---|---|',
      ...allLimits
        .filter((limit) => limit.kind === kind)
        .map(({ file, name, what }) => `| ${what} | ${values.get(`${file} ${name}`)} | \`${file}\` |`),
      '',
    ]),
    ...settings(),
    ...rates(),
  ].join('\n')
}

function settings(): string[] {
  const rows = Object.entries(slices).flatMap(([slice, given]) =>
    Object.entries(given).flatMap(([name, { doc, fallback }]) =>
      /(?:Max|Min|Limit|AtOnce)$/.test(name)
        ? [`| ${doc} | ${shown(fallback)} | \`${slice}.${name}\` |`]
        : [],
    ),
  )
  return [
    '## Settings',
    '',
    'What refuses a request is tried at the value and past it: `server/test/limits/settings.test.ts`, and the tests of media, keys and to-device messages.',
    '',
    '| what | default | setting |',
    '|---|---|---|',
    ...rows,
    '',
  ]
}

function shown(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en') : String(value)
}

function rates(): string[] {
  const budgets = allBudgets(loadConfiguration(slices, { file: undefined, environment: {} }))
  const rows = Object.entries(budgets).map(
    ([name, { perSecond, burst }]) => `| \`${name}\` | ${Number(perSecond.toPrecision(3))} | ${burst} |`,
  )
  return [
    '## Rates',
    '',
    'Per account, or per address where nobody is logged in; past them the answer is 429 with `Retry-After`. Which [route](routes.md) has which.',
    '',
    '| budget | a second, in the long run | at once after a pause |',
    '|---|---|---|',
    ...rows,
    '',
  ]
}
