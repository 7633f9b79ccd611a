import type { Etcd } from '../../platform/site/etcd.ts'
import { EtcdError, fieldsOf, type KeyValue, type Operation } from '../../platform/site/etcd-json.ts'
import type { SitesFile } from '../../platform/site/sites-file.ts'
import { watchKey } from '../../platform/site/watch-keys.ts'
import type { Epoch } from '../gate/epoch.ts'

/** Patroni's keys in etcd, as far as a last site has to do with them: `/service/<cluster>/...` of Patroni 4. */
export type PatroniState = {
  /** Who had to have each commit, as it was when the majority was lost. */
  sync: { leader: string; voters: readonly string[] } | undefined
  /** How far the leader had written when it last said so, in bytes. */
  leaderPosition: number | undefined
  strict: boolean
  /** Of this deployment, as etcd knows it. */
  epoch: number
}

type Read = PatroniState & { config: KeyValue | undefined }

export function prefixOf({ cluster }: SitesFile): string {
  return `/service/${cluster}/`
}

export async function readPatroniState(etcd: Pick<Etcd, 'read'>, file: SitesFile): Promise<Read> {
  const epochKey = watchKey(file.cluster, 'epoch')
  const keys = await etcd.read([prefixOf(file), epochKey])
  const named = (name: string) => keys.find(({ key }) => key === prefixOf(file) + name)
  const { leader, sync_standby: voters } = parse(named('sync')?.value)
  const { optime } = parse(named('status')?.value)
  const config = named('config')
  const { epoch } = parse(keys.find(({ key }) => key === epochKey)?.value)
  return {
    sync:
      typeof leader === 'string' && leader !== ''
        ? { leader, voters: typeof voters === 'string' ? voters.split(',').filter(Boolean) : [] }
        : undefined,
    leaderPosition: typeof optime === 'number' ? optime : undefined,
    strict: parse(config?.value)['synchronous_mode_strict'] === true,
    epoch: typeof epoch === 'number' ? epoch : 1,
    config,
  }
}

/**
 * One step in etcd: writing need not wait for anybody, Patroni forgets who led, who had the last commits and what others are to do, and
 * etcd knows the epoch.
 */
export async function writeEpochAlone(etcd: Etcd, file: SitesFile, epoch: Epoch): Promise<void> {
  await changeConfig(etcd, file, false, [
    ...['leader', 'sync', 'failover', 'status'].map((name) => ({ remove: prefixOf(file) + name })),
    { put: { key: watchKey(file.cluster, 'epoch'), value: JSON.stringify(epoch) } },
  ])
}

/** A commit is acknowledged when it is at two sites again, or else waits. */
export async function writeStrict(etcd: Etcd, file: SitesFile): Promise<void> {
  await changeConfig(etcd, file, true, [])
}

async function changeConfig(
  etcd: Etcd,
  file: SitesFile,
  strict: boolean,
  operations: readonly Operation[],
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const { config } = await readPatroniState(etcd, file)
    if (!config) throw new EtcdError(`etcd has no ${prefixOf(file)}config: Patroni never ran with it`)
    const value = JSON.stringify({ ...parse(config.value), synchronous_mode_strict: strict })
    const done = await etcd.transact({
      compares: [{ key: config.key, mod: config.modRevision }],
      operations: [{ put: { key: config.key, value } }, ...operations],
    })
    if (done) return
  }
  throw new EtcdError(`somebody else goes on changing ${prefixOf(file)}config`)
}

function parse(value: string | undefined): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(value ?? '{}'))
  } catch {
    return {}
  }
}
