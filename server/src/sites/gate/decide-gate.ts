import type { Epoch } from './epoch.ts'

/** What another site's gate says of itself. A site that does not answer is missing from what is given. */
export type GateAnswer = {
  site: string
  epoch: Epoch
  /** Its etcd runs, with a majority or without: so it has been through its own gate. */
  etcdRuns: boolean
}

export type GateSituation = {
  site: string
  own: Epoch
  others: readonly GateAnswer[]
  /** Only where something else than etcd asks to start. */
  ownEtcdRuns: boolean
  /** Somebody said so on this machine, for this very epoch. */
  opened: boolean
}

export type GateVerdict =
  | { open: true; because: 'opened' | 'own_etcd_runs' | 'member_runs' | 'all_present' }
  | { open: false; because: 'older_epoch' | 'not_a_member' | 'sites_missing'; what: string }

/**
 * Whether this site may start with the data that it has. A pure function; why these rules keep two returning sites from forming a
 * majority on old data stands in docs/decisions/0010.
 */
export function decideGate({ site, own, others, ownEtcdRuns, opened }: GateSituation): GateVerdict {
  const newest = others.toSorted((a, b) => b.epoch.epoch - a.epoch.epoch)[0]
  if (newest && newest.epoch.epoch > own.epoch)
    return closed(
      'older_epoch',
      `${newest.site} is in epoch ${newest.epoch.epoch}, the data here are of epoch ${own.epoch}. ` +
        `On this machine: dure sites rejoin ${site}`,
    )
  const equals = others.filter(({ epoch }) => epoch.epoch === own.epoch)
  // A member that was admitted knows more members than one that has not heard of it yet.
  const members = new Set([own, ...equals.map(({ epoch }) => epoch)].flatMap((epoch) => epoch.members))
  if (!members.has(site))
    return closed('not_a_member', `${site} is no member of epoch ${own.epoch}: dure sites rejoin ${site}`)
  if (ownEtcdRuns) return { open: true, because: 'own_etcd_runs' }
  if (opened) return { open: true, because: 'opened' }
  if (equals.some(({ etcdRuns }) => etcdRuns)) return { open: true, because: 'member_runs' }
  const present = new Set([site, ...equals.map((other) => other.site)])
  const missing = [...members].filter((name) => !present.has(name))
  if (missing.length === 0) return { open: true, because: 'all_present' }
  return closed(
    'sites_missing',
    `no other site of epoch ${own.epoch} runs, and ${missing.join(' and ')} cannot be asked: ` +
      `people may write there alone. If they certainly do not: dure sites gate --open`,
  )
}

function closed(because: Extract<GateVerdict, { open: false }>['because'], what: string): GateVerdict {
  return { open: false, because, what }
}
