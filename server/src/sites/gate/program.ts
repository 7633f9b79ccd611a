import { parseArgs } from 'node:util'
import { systemClock } from '../../platform/clock.ts'
import { readSitesFile, siteNamed } from '../../platform/site/sites-file.ts'
import { createGateClient } from './gate-client.ts'
import { serveGate } from './serve-gate.ts'
import { waitAtGate } from './wait-at-gate.ts'

/**
 * A program by itself, small because it runs before everything else: `serve` is dure-gate.service, `etcd` and `patroni` stand
 * before these programs in their units, and end when they may start.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { sites: { type: 'string' }, site: { type: 'string' }, state: { type: 'string' } },
})
const { sites = '', site = '', state = '' } = values
const file = readSitesFile(sites)
const place = { file, site: siteNamed(file, site), siteState: state }
const [what] = positionals
if (what === 'serve') {
  await serveGate({ clock: systemClock }, place)
} else if ((what === 'etcd' || what === 'patroni') && state !== '') {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  await waitAtGate({ clock: systemClock, gates: createGateClient(file), say }, place, what)
  // A connection that is still being tried to a site that burns would keep etcd waiting for another seven seconds.
  process.exit()
} else {
  process.stderr.write(
    'usage: program.ts serve|etcd|patroni --sites <sites.yaml> --site <name> --state <folder>\n',
  )
  process.exitCode = 2
}
