import { execFileSync } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EmbeddedPostgresError } from './error.ts'

/** The system user PostgreSQL runs as. PostgreSQL refuses to run as root. */
export type RunAs = { uid: number; gid: number; name: string; switched: boolean }

/** Users that root hands PostgreSQL to, best first. A user `dure` keeps the data apart from other daemons'. */
const candidates = ['dure', 'nobody']

/** The invoking user; for root the owner of an existing cluster, else the first candidate the system has. */
export function chooseRunAs(clusterOwner: number | undefined): RunAs {
  const uid = process.getuid?.()
  const gid = process.getgid?.()
  if (uid === undefined || gid === undefined)
    throw new EmbeddedPostgresError(
      'the embedded PostgreSQL needs Linux or macOS; set DURE_DATABASE_URL instead',
    )
  if (uid !== 0) return { uid, gid, name: userName(uid), switched: false }
  if (clusterOwner !== undefined) {
    const name = userName(clusterOwner)
    return { uid: clusterOwner, gid: idOf('-g', name), name, switched: true }
  }
  for (const name of candidates) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name), name, switched: true }
    } catch {
      // This system does not know that user.
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL must not run as root, and this system has none of the users ${candidates.join(', ')}. ` +
      'Create one: useradd --system dure',
  )
}

/** PostgreSQL and its authentication by system user both need the user to have a name. */
export function userName(uid: number): string {
  try {
    return execFileSync('id', ['-un', `${uid}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    throw new EmbeddedPostgresError(
      `the system user ${uid} has no name (no line in /etc/passwd), which PostgreSQL requires. ` +
        'Give it one, or set DURE_DATABASE_URL to a PostgreSQL that runs elsewhere.',
    )
  }
}

function idOf(flag: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}

/**
 * Makes sure that `user` can reach `folder`. The folder above it is the node's own data folder and is opened for
 * passing through (not for listing); anything above belongs to somebody else and is only complained about.
 */
export function makeReachable(folder: string, user: RunAs): void {
  if (!user.switched) return
  for (const own of [dirname(folder), folder]) {
    const { mode, uid } = statSync(own)
    if (uid === 0 && (mode & 0o001) === 0) chmodSync(own, (mode & 0o7777) | 0o001)
  }
  const barrier = findBarrier(folder, user)
  if (barrier !== undefined) {
    throw new EmbeddedPostgresError(
      `PostgreSQL runs as the user ${user.name} because this process runs as root, and that user cannot pass ` +
        `through ${barrier}. Choose a data folder it can reach, for example DURE_DATA=/var/lib/dure, ` +
        `or allow it: chmod o+x ${barrier}`,
    )
  }
}

/** The highest folder on the way to `path` that `user` cannot pass through. */
export function findBarrier(path: string, user: RunAs): string | undefined {
  const above = dirname(path)
  const barrier = above === path ? undefined : findBarrier(above, user)
  return barrier ?? (canPass(path, user) ? undefined : path)
}

function canPass(path: string, user: RunAs): boolean {
  const { mode, uid, gid } = statSync(path)
  if (uid === user.uid) return (mode & 0o100) !== 0
  if (gid === user.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
