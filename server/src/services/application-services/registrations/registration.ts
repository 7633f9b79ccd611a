/** Names that an application service is interested in, or has for itself alone. */
export type Namespace = { pattern: RegExp; exclusive: boolean }

/** What a registration file says. https://spec.matrix.org/v1.19/application-service-api/#registration */
export type Registration = {
  id: string
  /** Without a slash at its end; undefined when the service wants to be told nothing. */
  url: string | undefined
  /** With it the service comes to us. */
  asToken: string
  /** With it we come to the service. */
  hsToken: string
  senderLocalpart: string
  users: readonly Namespace[]
  aliases: readonly Namespace[]
  rooms: readonly Namespace[]
  /** Whether what it does in the name of its people, other than the sender, draws on the rate budgets. */
  rateLimited: boolean
  /** Whether it is told of typing, receipts and presence. */
  receiveEphemeral: boolean
  /** It knows these by the name that they had before they were part of the specification. */
  ephemeralByOldName: boolean
  protocols: readonly string[]
}
