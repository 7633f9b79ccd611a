import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './cleanup.ts'

/** A web server of the outside world on an address of this machine, 127.0.0.1 unless it says otherwise. */
export async function httpPeer(
  t: TestContext,
  answer: RequestListener,
  options: { host?: string; port?: number } = {},
): Promise<{ url: string; port: number; server: Server }> {
  const { host = '127.0.0.1', port = 0 } = options
  const server = createServer(answer)
  server.listen(port, host)
  await once(server, 'listening')
  atEnd(t, () => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    server,
  }
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
