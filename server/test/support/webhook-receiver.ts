import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { TestContext } from 'node:test'

export type Received = { headers: IncomingHttpHeaders; body: Buffer }

/** A shop's server, which answers what the test says and keeps what it was told. */
export async function webhookReceiver(t: TestContext, answer: (nth: number) => number = () => 200) {
  const received: Received[] = []
  let heard: () => void = () => undefined
  const server = createServer((request, response) => {
    buffer(request).then((body) => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer(received.length)).end()
      heard()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    /** Resolves when as many have come. */
    async heard(count: number): Promise<void> {
      while (received.length < count) await new Promise<void>((resolve) => (heard = resolve))
    },
  }
}
