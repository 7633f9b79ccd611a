import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readConfiguration } from '../configuration.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import { ConfigurationError } from '../platform/config/load.ts'
import { createLog } from '../platform/log.ts'
import { systemRandom } from '../platform/random.ts'
import { parseSitesFile, readSitesFile, SitesFileError } from '../platform/site/sites-file.ts'
import { checkFile } from '../sites/check/check-file.ts'
import { checkLive } from '../sites/check/check-live.ts'
import { printFinding } from '../sites/check/finding.ts'
import { createGateClient } from '../sites/gate/gate-client.ts'
import { type DrainDeps, drainSite, undrainSite } from '../sites/operate/drain-site.ts'
import { createNodeClient } from '../sites/operate/node-client.ts'
import { createPatroniClient } from '../sites/operate/patroni-client.ts'
import { siteStatus } from '../sites/operate/site-status.ts'
import { debianLayout } from '../sites/render/layout.ts'
import { renderSites } from '../sites/render/render.ts'
import { completeSecrets } from '../sites/render/secrets.ts'
import { readSecrets, writeSecrets, writeSite } from '../sites/render/write.ts'
import { withDatabase } from './database.ts'
import { gateCommand, lastSiteCommand, rejoinCommand } from './last-site.ts'

const usage = `usage: sites check <sites.yaml> [--live]
       sites render <sites.yaml> --out <folder>
       sites status
       sites drain <site>
       sites undrain <site>
       sites gate [--open]
       sites last-site --lost <sites> --i-have-fenced <sites> [--by <name>] [--dry-run]
       sites rejoin <site>
`

class UsageError extends Error {}

/** `sites ...`: what an operator of several sites does. */
export async function sitesCommand([verb = '', ...words]: readonly string[]): Promise<number> {
  const verbs: Record<string, (words: readonly string[]) => Promise<number>> = {
    check,
    render,
    status,
    'last-site': lastSiteCommand,
    rejoin: rejoinCommand,
    gate: gateCommand,
    drain: (rest) => operate(rest, drainSite),
    undrain: (rest) => operate(rest, undrainSite),
  }
  try {
    const run = verbs[verb]
    if (!run) throw new UsageError(`there is no "sites ${verb}"`)
    return await run(words)
  } catch (error) {
    if (error instanceof SitesFileError) throw new ConfigurationError(error.problems)
    if (!(error instanceof UsageError || isWrongArgument(error))) throw error
    process.stderr.write(`${(error as Error).message}\n${usage}`)
    return 2
  }
}

/** Lints the file and, with `--live`, the sites themselves. The exit code is 1 when something is wrong. */
async function check(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { live: { type: 'boolean' } },
  })
  const file = readSitesFile(only(positionals, 'sites.yaml'))
  const live = values.live === true ? await checkLive({ clock: systemClock }, file) : []
  const findings = [...checkFile(file), ...live]
  for (const finding of findings) process.stdout.write(`${printFinding(finding)}\n`)
  return findings.some(({ level }) => level === 'problem') ? 1 : 0
}

/** Writes every site's files, and keeps the secrets of an earlier rendering in the same folder. */
async function render(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { out: { type: 'string' } },
  })
  const path = only(positionals, 'sites.yaml')
  if (values.out === undefined) throw new UsageError('where to? --out <folder>')
  const source = readFileSync(path, 'utf8')
  const file = parseSitesFile(source)
  const secrets = completeSecrets({ random: systemRandom }, file, await readSecrets(values.out))
  await writeSecrets(values.out, secrets)
  for (const site of renderSites(file, secrets, source, () => debianLayout)) {
    await writeSite(values.out, site, debianLayout)
    process.stdout.write(`${values.out}/${site.site}: ${site.files.length} files\n`)
  }
  return 0
}

async function status(): Promise<number> {
  const { core, sites } = readConfiguration(environment)
  const file = ownSites(core.sites)
  const deps = {
    nodes: createNodeClient(file),
    patroni: createPatroniClient(file, sites.patroniPassword),
    gates: createGateClient(file),
  }
  for (const line of await siteStatus(deps, file)) process.stdout.write(`${line}\n`)
  return 0
}

/** Runs on any site's machine, with its node's settings. */
async function operate(
  words: readonly string[],
  work: (deps: DrainDeps, file: NonNullable<ReturnType<typeof readSitesFile>>, site: string) => Promise<void>,
): Promise<number> {
  const site = only(parseArgs({ args: [...words], allowPositionals: true }).positionals, 'site')
  const configuration = readConfiguration(environment)
  const file = ownSites(configuration.core.sites)
  if (!file.sites.some(({ name }) => name === site)) throw new UsageError(`there is no site ${site}`)
  try {
    await withDatabase(
      configuration,
      createLog('warn'),
      (db) =>
        work(
          {
            db,
            clock: systemClock,
            patroni: createPatroniClient(file, configuration.sites.patroniPassword),
            nodes: createNodeClient(file),
            say: (line) => process.stdout.write(`${line}\n`),
          },
          file,
          site,
        ),
      { migrates: false },
    )
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return 1
  }
}

function ownSites<File>(file: File | undefined): File {
  if (file === undefined) throw new UsageError('DURE_SITES is not set: this node is not one of several sites')
  return file
}

function only([first, ...rest]: readonly string[], what: string): string {
  if (first === undefined || rest.length > 0) throw new UsageError(`name one ${what}`)
  return first
}

function isWrongArgument(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') === true
}
