import http from 'node:http'

export type Answer = {
  status: number
  headers: http.IncomingHttpHeaders
  bytes: Buffer
  readonly text: string
  json<T = Record<string, unknown>>(): T
}

export type RequestOptions = {
  token?: string
  body?: unknown
  signal?: AbortSignal
  headers?: Record<string, string>
}

/** A small, quick HTTP client over kept-alive connections: the load generator must not cost more than the server. */
export type HttpClient = {
  send(method: string, path: string, options?: RequestOptions): Promise<Answer>
  close(): void
}

export function createHttpClient(baseUrl: string): HttpClient {
  const { hostname, port } = new URL(baseUrl)
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' })

  return {
    send(method, path, { token, body, signal, headers } = {}) {
      const payload =
        body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      const request = http.request(
        {
          hostname,
          port,
          method,
          path,
          agent,
          ...(signal ? { signal } : {}),
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.once('error', reject)
          response.once('end', () => {
            const bytes = Buffer.concat(chunks)
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              bytes,
              get text() {
                return bytes.toString()
              },
              json: () => JSON.parse(bytes.toString()),
            })
          })
        },
      )
      request.once('error', reject)
      request.end(payload)
      return promise
    },
    close: () => agent.destroy(),
  }
}
