import { type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import type { GateClient } from '../gate/gate-client.ts'
import type { NodeClient } from './node-client.ts'
import type { PatroniClient } from './patroni-client.ts'

const answerMs = 2000

/** One line a site: its node, its database and its etcd member. */
export async function siteStatus(
  { nodes, patroni, gates }: { nodes: NodeClient; patroni: PatroniClient; gates: GateClient },
  file: SitesFile,
): Promise<string[]> {
  const cluster = await patroni.cluster().catch((error: Error) => error)
  const members = cluster instanceof Error ? [] : cluster.members
  const lines = await Promise.all(
    file.sites.map(async (site) => {
      const [ready, drain, etcd, gate] = await Promise.all([
        nodes.isReady(site),
        nodes.drain(site),
        etcdHealth(urlAt(site.address, file.ports.etcdClient)),
        gates.status(site),
      ])
      const member = members.find(({ name }) => name === site.name)
      const leads = member?.role === 'leader'
      const database = member
        ? `${leads ? 'leads' : member.role} (${member.state}${leads ? '' : `, ${member.lag} bytes behind`})`
        : 'no answer'
      const node =
        ready === undefined
          ? 'no answer'
          : drain && drain.state !== 'serving'
            ? drain.state
            : ready
              ? 'ready'
              : 'not ready'
      const waits = gate?.waits === undefined ? '' : `\n${' '.repeat(15)}waits at its gate: ${gate.waits}`
      const epoch = gate ? `epoch ${gate.epoch.epoch}` : 'gate: no answer'
      return `${site.name.padEnd(14)} node: ${node.padEnd(10)} database: ${database.padEnd(44)} etcd: ${etcd.padEnd(18)} ${epoch}${waits}`
    }),
  )
  if (cluster instanceof Error) lines.push(cluster.message)
  else if (cluster.pause) lines.push('Patroni is paused: nobody would be promoted')
  return lines
}

/** `healthy` means that this member sees a majority. */
async function etcdHealth(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMs) })
    const { health } = (await response.json()) as { health?: string }
    return health === 'true' ? 'healthy' : 'without a majority'
  } catch {
    return 'no answer'
  }
}
