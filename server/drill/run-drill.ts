import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestRandom } from '../src/platform/testing/random.ts'
import { version } from '../src/version.ts'
import { runEnclosed, settleIn } from './enclosure.ts'
import { startLoad } from './load/load.ts'
import { type DrillOptions, readOptions, usage } from './options.ts'
import { burnPlot } from './report/burn-plot.ts'
import { exemplary, html } from './report/html.ts'
import { json } from './report/json.ts'
import { summarise } from './report/summary.ts'
import { progressLine, table, violationLine } from './report/table.ts'
import type { DrillReport, ScenarioRow } from './report/types.ts'
import { type Outcome, reasonAgainst, type Scenario, type ScenarioContext } from './scenarios/scenario.ts'
import { releaseDisk } from './world/disk.ts'
import { leftBehind } from './world/loopback.ts'
import { networkImpossible } from './world/network.ts'
import { killAll } from './world/processes.ts'
import { findTools, type Tools, ToolsMissingError } from './world/tools.ts'
import { createWorld } from './world/world.ts'

const enclosedWord = '--enclosed'
const sendsPerSecond = 20
const warmUpMs = 4000

/** Runs a drill from its command line. Gives the exit code: 1 when a promise was broken or - but for a quick one - an aim about seconds was missed. */
export async function runDrill(words: readonly string[]): Promise<number> {
  try {
    if (words[0] === enclosedWord) return await drill(readOptions(words.slice(1)), words.slice(1))
    const options = readOptions(words)
    await findTools(say)
    if (options.loopback) {
      say(
        `sites on loopback addresses: ${networkImpossible() ?? 'as asked for'}; nothing can happen to links and disks`,
      )
      return await drill(options, words)
    }
    return await runEnclosed([`${import.meta.dirname}/main.ts`, enclosedWord, ...words])
  } catch (error) {
    if (!(error instanceof ToolsMissingError || error instanceof TypeError)) throw error
    say(error.message)
    if (error instanceof TypeError) say(usage)
    return 2
  }
}

async function drill(options: DrillOptions, words: readonly string[]): Promise<number> {
  if (options.loopback) await killAll(leftBehind)
  else settleIn()
  const tools = await findTools(say)
  const folder = mkdtempSync(join(tmpdir(), 'dure-drill-'))
  chmodSync(folder, 0o755)
  const random = createTestRandom(options.seed)
  const plan = options.plan(random)
  say(`seed ${options.seed}; ${plan.length} scenarios; logs in ${folder}/logs`)
  const stopped = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)))
  })
  let passed = false
  try {
    const report = await Promise.race([rehearse({ options, words, tools, folder, random, plan }), stopped])
    tell(report, options)
    const summary = summarise(report)
    passed = options.quick ? summary.promisesKept : summary.passed
  } finally {
    for (const name of ['seoul', 'busan', 'gwangju']) releaseDisk(join(folder, name, 'disk'))
    for (const name of readdirSync(folder))
      if (passed || name !== 'logs') rmSync(join(folder, name), { recursive: true, force: true })
    if (passed) rmdirSync(folder)
    else say(`the logs of every process are in ${folder}/logs`)
  }
  // The enclosure ends with this process, and everything in it.
  return passed ? 0 : 1
}

function tell(report: DrillReport, options: DrillOptions): void {
  process.stdout.write(`\n${table(report)}\n`)
  if (options.json) writeFileSync(options.json, json(report))
  if (options.html) writeFileSync(options.html, html(report))
  const worst = exemplary(report.scenarios)
  if (options.picture && worst)
    writeFileSync(options.picture, burnPlot(report.series, worst, { standalone: true }))
}

type Rehearsal = {
  options: DrillOptions
  words: readonly string[]
  tools: Tools
  folder: string
  random: ScenarioContext['random']
  plan: readonly Scenario[]
}

async function rehearse(rehearsal: Rehearsal): Promise<DrillReport> {
  const { options, words, tools, folder, random, plan } = rehearsal
  const startedAt = Date.now()
  const world = await createWorld({
    tools,
    folder,
    delayMs: options.delayMs,
    clientDelayMs: 1,
    loopback: options.loopback,
    nodeEnvironment: { DURE_DEV: '1', DURE_RATE_LIMITS: 'off', DURE_LOG: 'info' },
  })
  say(`three sites are up after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
  const load = await startLoad({
    sites: world.sites.map(({ name, url }) => ({ name, url })),
    seed: options.seed,
    people: options.people,
    sendsPerSecond,
    within: world.clients,
    log: say,
  })
  const rows: ScenarioRow[] = []
  const skipped: { scenario: string; reason: string }[] = []
  for (const [index, scenario] of plan.entries()) {
    const reason = reasonAgainst(scenario, { tools, loopback: options.loopback })
    if (reason !== undefined) {
      skipped.push({ scenario: scenario.name, reason })
      continue
    }
    say(`${index + 1}/${plan.length} ${scenario.title} ...`)
    const row = await runScenario(scenario, { world, load, tools, random }, rows.length)
    rows.push(row)
    say(progressLine(row))
    for (const violation of row.violations.slice(0, 5)) say(`  ${violationLine(violation)}`)
    if (row.error !== undefined) {
      say(`  ${row.error}; the scenarios that were still to come are left out`)
      break
    }
  }
  const series = await load.series()
  await load.stop()
  await world.close()
  const processor = cpus()[0]?.model ?? 'unknown'
  return {
    seed: options.seed,
    command: `npm run drill -- ${[...words, ...(words.includes('--seed') ? [] : ['--seed', String(options.seed)])].join(' ')}`,
    quick: options.quick,
    startedAt,
    finishedAt: Date.now(),
    versions: {
      Dure: version,
      Node: process.version,
      PostgreSQL: tools.versions.postgresql,
      Patroni: tools.versions.patroni,
      etcd: tools.versions.etcd,
      Linux: release(),
    },
    machine: { processor, cpus: cpus().length, memoryGiB: totalmem() / 1024 ** 3 },
    network: options.loopback ? 'loopback' : `${options.delayMs} ms between sites, 1 ms to clients, one way`,
    sites: world.sites.map(({ name }) => name),
    load: { people: options.people, sendsPerSecond },
    scenarios: rows,
    skipped,
    series,
  }
}

/** One scenario from a calm moment to the comparison of every history. */
async function runScenario(
  scenario: Scenario,
  context: ScenarioContext,
  round: number,
): Promise<ScenarioRow> {
  const { load } = context
  if (round > 0) await load.resume()
  await sleep(warmUpMs)
  const startedAt = Date.now()
  let error: string | undefined
  const outcome = await scenario.run(context).catch((thrown: Error): Outcome => {
    error = thrown.message
    return { notes: [] }
  })
  const { site, rejoinS, notes, durations, operatorActions = 0 } = outcome
  await load.settle()
  const [window, violations] = await Promise.all([load.window(), load.verify()])
  return {
    scenario: scenario.name,
    title: scenario.title,
    round: round + 1,
    burn: scenario.burn,
    startedAt,
    finishedAt: Date.now(),
    window,
    violations,
    notes,
    operatorActions,
    aims: [
      ...scenario.aims(window, durations),
      ...(error === undefined ? [] : [{ text: 'the sites are level again', met: false }]),
    ],
    ...(error === undefined ? {} : { error }),
    ...(site === undefined ? {} : { site }),
    ...(rejoinS === undefined ? {} : { rejoinS }),
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
