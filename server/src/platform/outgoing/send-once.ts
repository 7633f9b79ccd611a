import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Agents } from './agents.ts'
import { pinnedTo } from './destination.ts'
import { OutgoingError } from './errors.ts'
import { acceptedEncodings, type ReadLimits, readBody } from './read-body.ts'

export type Answer = {
  status: number
  headers: Readonly<Record<string, string>>
  body: Buffer
  /** Whether the body was cut at its limit. */
  truncated: boolean
}

export type Hop = {
  url: URL
  addresses: readonly [string, ...string[]]
  method: string
  headers: Readonly<Record<string, string>>
  body: string | Uint8Array | undefined
}

export type HopOptions = {
  agents: Agents
  signal: AbortSignal
  limits: ReadLimits
}

const headerBytesMax = 16 * 1024

/** One request and its answer, to one of the given addresses. */
export async function sendOnce(hop: Hop, options: HopOptions): Promise<Answer> {
  const message = await exchange(hop, options).catch((error: unknown) => {
    // The far side may close a kept connection in the moment in which it is used again.
    if (error instanceof BrokenReuse) return exchange(hop, options)
    throw error
  })
  // An error after the reading has stopped concerns nobody.
  message.on('error', () => undefined)
  try {
    const { body, truncated } = await readBody(message, options.limits)
    return { status: message.statusCode ?? 0, headers: plainHeaders(message), body, truncated }
  } catch (error) {
    message.destroy()
    if (error instanceof OutgoingError) throw error
    throw new OutgoingError('answer', 'the body broke off or is not what its encoding says', { cause: error })
  }
}

class BrokenReuse extends Error {}

function exchange(hop: Hop, { agents, signal }: HopOptions): Promise<IncomingMessage> {
  const { url, addresses, method, headers, body } = hop
  return new Promise((resolve, reject) => {
    const given = {
      method,
      signal,
      lookup: pinnedTo(addresses),
      pinned: addresses,
      maxHeaderSize: headerBytesMax,
      headers: {
        'accept-encoding': acceptedEncodings,
        ...headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
    }
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...given, agent: agents.https })
        : requestHttp(url, { ...given, agent: agents.http })
    request.on('response', resolve)
    request.on('upgrade', (_message, socket) => {
      socket.destroy()
      reject(new OutgoingError('answer', 'the answer is no HTTP'))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      const { code = '' } = error
      if (request.reusedSocket && code === 'ECONNRESET')
        reject(new BrokenReuse('a kept connection broke', { cause: error }))
      else if (code.startsWith('HPE_'))
        reject(new OutgoingError('answer', 'the answer is no HTTP', { cause: error }))
      else
        reject(new OutgoingError('connection', `no connection (${code || error.message})`, { cause: error }))
    })
    request.end(body)
  })
}

/** Headers that came several times are joined, as HTTP allows for all but cookies, which nobody here needs. */
function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string') plain[name] = value
    else if (value !== undefined) plain[name] = value.join(', ')
  }
  return plain
}
