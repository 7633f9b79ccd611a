import type { ServerResponse } from 'node:http'

/** The answer is JSON text already. */
export function asItIs(text: unknown): string {
  return String(text)
}

/** Made once: an abort without a reason makes an error with a stack for each. */
const clientIsGone = new Error('the client has gone away')

/** Aborted when the connection closes before the answer is written. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(clientIsGone)
  })
  return gone.signal
}
