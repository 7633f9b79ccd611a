import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './cleanup.ts'

export type VanishingLink = {
  port: number
  /** From now on nothing passes, and nobody is told: connections stay open, new ones are accepted, none answers. */
  cut(): void
  heal(): void
}

/** A TCP link to a port of this machine that can be cut as fire cuts it. */
export async function vanishingLink(t: TestContext, target: number): Promise<VanishingLink> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => void (isCut || to.write(bytes)))
      from.on('close', () => void (isCut || to.destroy()))
      from.on('end', () => void (isCut || to.end()))
      from.on('error', () => undefined)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    cut() {
      isCut = true
    },
    heal() {
      isCut = false
    },
  }
}
