import { parseArgs } from 'node:util'
import { scenarios } from './scenarios/all.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { networkImpossible } from './world/network.ts'

export type DrillOptions = {
  quick: boolean
  /** What is done, in this order. */
  plan: (random: { below(limit: number): number }) => Scenario[]
  seed: number
  people: number
  delayMs: number
  json: string | undefined
  html: string | undefined
  picture: string | undefined
  /** Sites on loopback addresses instead of in namespaces of their own. */
  loopback: boolean
}

export const usage = `usage: npm run drill -- [options]

  --quick             one of each kind, in a few minutes
  --scenario <a,b>    only these: ${scenarios.map(({ name }) => name).join(', ')}
  --repeat <n>        each so many times (1)
  --burns <n>         so many burns of sites in all, beside what else is chosen
  --seed <n>          the same order and the same people again
  --people <n>        who use the sites (24)
  --delay <ms>        between two sites, one way (1)
  --loopback          without namespaces, as for everybody but root: sites die, links do not
  --json <file>       what was found, for tools
  --html <file>       what was found, for people
  --picture <file>    its worst fire second by second, as SVG
`

/** Throws an error that says what is wrong with the words. */
export function readOptions(words: readonly string[]): DrillOptions {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...words],
    options: {
      quick: { type: 'boolean', default: false },
      scenario: text,
      repeat: text,
      burns: text,
      seed: text,
      people: text,
      delay: text,
      json: text,
      html: text,
      picture: text,
      loopback: { type: 'boolean', default: networkImpossible() !== undefined },
    },
  })
  const chosen = choose(values.scenario?.split(','), values.quick)
  const repeat = whole('repeat', values.repeat, 1, 1)
  const burns = values.burns === undefined ? undefined : whole('burns', values.burns, 1, 1)
  return {
    quick: values.quick,
    plan: (random) =>
      shuffled(burns === undefined ? repeated(chosen, repeat) : withBurns(chosen, burns), random),
    seed: whole('seed', values.seed, Date.now() % 1_000_000, 0),
    people: whole('people', values.people, 24, 2),
    delayMs: whole('delay', values.delay, 1, 0),
    json: values.json,
    html: values.html,
    picture: values.picture,
    loopback: values.loopback,
  }
}

function choose(names: readonly string[] | undefined, quick: boolean): Scenario[] {
  if (!names) return scenarios.filter((scenario) => !quick || scenario.quick)
  return names.map((name) => {
    const found = scenarios.find((scenario) => scenario.name === name)
    if (!found) throw new TypeError(`there is no scenario ${name}`)
    return found
  })
}

/** So many burns, of each kind of them in turn, beside what else is chosen. */
function withBurns(chosen: readonly Scenario[], burns: number): Scenario[] {
  const kinds = chosen.filter(({ burn }) => burn)
  if (kinds.length === 0) throw new TypeError('--burns needs a scenario in which a site burns')
  return repeated(kinds, Math.ceil(burns / kinds.length))
    .slice(0, burns)
    .concat(chosen.filter(({ burn }) => !burn))
}

function repeated(chosen: readonly Scenario[], times: number): Scenario[] {
  return Array.from({ length: times }, () => chosen).flat()
}

function shuffled(plan: readonly Scenario[], random: { below(limit: number): number }): Scenario[] {
  return plan
    .map((scenario) => ({ scenario, key: random.below(1_000_000) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ scenario }) => scenario)
}

function whole(name: string, value: string | undefined, fallback: number, least: number): number {
  if (value === undefined) return fallback
  if (!/^\d{1,9}$/.test(value) || Number(value) < least)
    throw new TypeError(`--${name} must be a whole number from ${least} on`)
  return Number(value)
}
