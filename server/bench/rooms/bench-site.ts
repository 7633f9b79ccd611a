import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { createHttpClient, type HttpClient } from '../../test/support/http-client.ts'
import { type NodeProcess, startNode } from '../../test/support/node-process.ts'
import { type Person, register } from '../../test/support/person.ts'
import { cpuSeconds, familyOf, residentMiB } from '../process-usage.ts'

/** One node with its embedded PostgreSQL, fsync on, exactly as `npm start` runs it. */
export type BenchSite = {
  http: HttpClient
  node: NodeProcess
  people(count: number): Promise<Person[]>
  /** Lets PostgreSQL look at its tables, as it does by itself some seconds after they came into use. */
  analyze(): Promise<void>
  usage(): { serverCpu: number; databaseCpu: number; serverMiB: number }
  close(): Promise<void>
}

/** People with the numbers from `first` on, up to `count`, a few at a time: passwords are hashed at full cost. */
export async function registerPeople(http: HttpClient, first: number, count: number): Promise<Person[]> {
  const people: Person[] = []
  while (first + people.length < count) {
    const begin = first + people.length
    const names = Array.from({ length: Math.min(4, count - begin) }, (_, i) => `person-${begin + i}`)
    people.push(...(await Promise.all(names.map((name) => register(http, name)))))
  }
  return people
}

export async function openBenchSite(environment: Record<string, string> = {}): Promise<BenchSite> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-bench-'))
  const node = await startNode({ DURE_DATA: folder, DURE_CORE_DATABASE_POOL_SIZE: '20', ...environment })
  const http = createHttpClient(node.url)
  const postmaster = Number(
    (await readFile(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0],
  )
  const known: Person[] = []
  // Backends that ended would take their CPU time with them; their parent's count of waited-for children keeps it.
  const databaseCpu = () => familyOf(postmaster).reduce((sum, pid) => sum + cpuSeconds(pid), 0)

  return {
    http,
    node,
    async people(count) {
      known.push(...(await registerPeople(http, known.length, count)))
      return known.slice(0, count)
    },
    async analyze() {
      const client = new pg.Client({
        host: join(folder, 'postgres', 'socket'),
        user: 'postgres',
        database: 'dure',
      })
      await client.connect()
      await client.query('analyze')
      await client.end()
    },
    usage: () => ({
      serverCpu: cpuSeconds(node.pid),
      databaseCpu: databaseCpu(),
      serverMiB: residentMiB(node.pid),
    }),
    async close() {
      http.close()
      await node.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
