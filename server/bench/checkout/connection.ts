import { once } from 'node:events'
import { createConnection } from 'node:net'

export type BriefAnswer = { status: number; body: string }

/**
 * A connection that sends one request after the other and reads of the answers what a bench needs: the status, and a body of
 * the length that the header names. A full client would cost as much as the server that it measures.
 */
export type Connection = {
  post(path: string, headers: string, body: string): Promise<BriefAnswer>
  close(): void
}

export async function connect(baseUrl: string): Promise<Connection> {
  const { hostname, port, host } = new URL(baseUrl)
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  let received: Buffer[] = []
  let settle: PromiseWithResolvers<BriefAnswer> | undefined
  socket.on('data', (chunk) => {
    received.push(chunk)
    const answer = complete(received.length === 1 ? chunk : Buffer.concat(received))
    if (!answer) return
    received = []
    settle?.resolve(answer)
  })
  const fail = (error: Error) => settle?.reject(error)
  socket.on('error', fail).on('close', () => fail(new Error('the connection was closed')))

  return {
    post(path, headers, body) {
      settle = Promise.withResolvers<BriefAnswer>()
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: ${host}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      )
      return settle.promise
    },
    close: () => socket.destroy(),
  }
}

/** The answer once all of it is there. */
function complete(received: Buffer): BriefAnswer | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`an answer without a length:\n${head}`)
  const bodyAt = headEnd + 4
  if (received.length < bodyAt + length) return undefined
  return { status: Number(head.slice(9, 12)), body: received.toString('utf8', bodyAt, bodyAt + length) }
}
