import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createLog } from '../../../server/src/platform/log.ts'
import { startEmbeddedPostgres } from '../../../server/src/platform/postgres/embedded.ts'
import { atEnd } from '../../../server/src/platform/testing/cleanup.ts'
import { freePort } from '../../../server/test/support/free-port.ts'
import { type NodeProcess, startNode } from '../../../server/test/support/node-process.ts'
import { buildWebClient } from '../../../tools/build-web.ts'

/** A node with the web client as it is in the sources now, and with a database of its own. */
export async function testNode(
  t: TestContext,
  environment: Record<string, string> = {},
): Promise<NodeProcess> {
  await buildWebClient()
  const folder = await temporaryFolder(t)
  const node = await startNode({ DURE_DATA: folder, DURE_SERVER_NAME: 'dure.test', ...environment })
  atEnd(t, () => node.end())
  return node
}

/** Two sites on one database, which know of each other; each can be killed. */
export async function twoSites(t: TestContext): Promise<readonly [NodeProcess, NodeProcess]> {
  await buildWebClient()
  const folder = await temporaryFolder(t)
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: createLog('silent') })
  atEnd(t, () => postgres.close())
  const ports = [await freePort(), await freePort()] as const
  const file = join(folder, 'sites.yaml')
  await writeFile(file, sitesFile(ports))
  const start = async (index: 0 | 1) => {
    const node = await startNode({
      DURE_DATABASE_URL: postgres.url,
      DURE_SERVER_NAME: 'dure.test',
      DURE_SITES: file,
      DURE_SITE: siteNames[index],
      DURE_NODE: siteNames[index],
      DURE_PORT: String(ports[index]),
      DURE_PUBLIC_URL: `http://127.0.0.1:${ports[index]}`,
    })
    atEnd(t, () => node.end('SIGKILL'))
    return node
  }
  return [await start(0), await start(1)]
}

const siteNames = ['seoul', 'busan'] as const

function sitesFile(ports: readonly [number, number]): string {
  const sites = siteNames.map(
    (name, index) =>
      `  - { name: ${name}, host: ${name}.dure.test, address: 127.0.0.${index + 1}, publicUrl: 'http://127.0.0.1:${ports[index]}' }`,
  )
  return `cluster: dure\nserverName: dure.test\nmesh: none\nsites:\n${sites.join('\n')}\n`
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-e2e-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  return folder
}
