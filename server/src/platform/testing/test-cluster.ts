import { chmod, lstat, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** For clusters that hold nothing worth keeping: losing power may destroy them, and tests run twice as fast. */
export const unsafeTestSettings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  max_connections: 400,
}

/** A folder for test clusters, of this system user alone, that PostgreSQL can enter also when root runs the tests. */
export async function testClustersFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0
  const folder = join(tmpdir(), `dure-test-${uid}`)
  await mkdir(folder, { recursive: true })
  const stat = await lstat(folder)
  if (!stat.isDirectory() || stat.uid !== uid) throw new Error(`${folder} belongs to somebody else`)
  await chmod(folder, 0o711)
  return folder
}
