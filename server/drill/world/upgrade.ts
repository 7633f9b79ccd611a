import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** A copy of a server's sources that says to be the next version, and brings a migration which the version before can live with. */
export function upgradedServer(serverFolder: string, folder: string): { folder: string; version: string } {
  const manifest = JSON.parse(readFileSync(join(serverFolder, 'package.json'), 'utf8'))
  const [major, minor] = String(manifest.version).split('.').map(Number)
  const version = `${major}.${(minor ?? 0) + 1}.0`
  const project = dirname(serverFolder)
  const upgraded = join(folder, `dure-${version}`)
  const server = join(upgraded, basename(serverFolder))
  mkdirSync(server, { recursive: true })
  cpSync(join(serverFolder, 'src'), join(server, 'src'), { recursive: true })
  for (const name of ['node_modules', 'web', 'deploy'])
    symlinkSync(join(project, name), join(upgraded, name), 'dir')
  writeFileSync(join(server, 'package.json'), JSON.stringify({ ...manifest, version }, undefined, 2))
  const migrations = join(server, 'src/platform/migrations')
  writeFileSync(
    join(migrations, `9${String(minor).padStart(3, '0')}_drill.sql`),
    `-- expand\nalter table platform.stream_topic add column drilled_${minor} text;\n`,
  )
  return { folder: server, version }
}
