/**
 * Why there is no answer:
 *
 * - `url`: the URL is none this server calls: scheme, port, name or password in it;
 * - `address`: the host stands where this server calls nobody for others;
 * - `unresolved`: the host has no address, or the DNS did not say in time;
 * - `connection`: no connection, a broken one, or a certificate that is not the host's;
 * - `timeout`: the answer was not complete in time;
 * - `too_large`: the answer is longer than asked for, as it came or decompressed;
 * - `answer`: it is no HTTP, or its encoding is unknown or broken;
 * - `redirects`: one redirect after the other.
 */
export type OutgoingProblem =
  | 'url'
  | 'address'
  | 'unresolved'
  | 'connection'
  | 'timeout'
  | 'too_large'
  | 'answer'
  | 'redirects'

/** What went wrong with an outgoing request. The message is for logs and never holds the URL, which may hold secrets. */
export class OutgoingError extends Error {
  readonly problem: OutgoingProblem

  constructor(problem: OutgoingProblem, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'OutgoingError'
    this.problem = problem
  }

  /** Whether this server refused on its own, so that trying again without other settings is no use. */
  get isRefusal(): boolean {
    return this.problem === 'url' || this.problem === 'address'
  }
}
