/** Who is calling: what `authenticate` found for the request's token. */
export type Caller = {
  userId: string
  /** Undefined for tokens without a device (application services). */
  deviceId: string | undefined
  guest: boolean
  /** Stable per session: names what a logout ends and what transaction ids are scoped to. */
  sessionId: string
  /** The account may look on and tidy up, but not act towards others. */
  suspended?: boolean
  /** Id of the application service that acts as this person. */
  applicationService?: string
  /** Draws on no rate budget. */
  unlimited?: boolean
}

/**
 * Who may call a route. Every route declares one; a route without it does not start.
 *
 * - `public`: anybody; a token is not looked at.
 * - `optional`: anybody; a token, when sent, must be valid.
 * - `guest`: any account, guests too.
 * - `user`: a registered account.
 * - `application-service`: application services, whoever they act as.
 * - `administrator`: a registered account that administers this server.
 * - `key`: whoever holds an API key, which the service that owns the route looks at itself.
 * - `operator`: whoever calls from this machine or from one of the sites, without a login: operators must see what goes on
 *   when nobody can log in. Not for anything that changes something.
 */
export type Access =
  | 'public'
  | 'key'
  | 'optional'
  | 'guest'
  | 'user'
  | 'application-service'
  | 'administrator'
  | 'operator'

/**
 * Gives the caller, or throws a refusal that says why the token does not do. `address` is where the request came from;
 * a locked account's token does only where `evenLocked` says so.
 * Application services say as whom they act, and with which device.
 */
export type Authenticate = (
  token: string,
  address: string,
  options: { evenLocked: boolean; actAs: Masquerade },
) => Promise<Caller>

/** https://spec.matrix.org/v1.19/application-service-api/#identity-assertion */
export type Masquerade = { userId: string | undefined; deviceId: string | undefined }

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** Name of the rate budget that the route draws on. */
    limit?: string
    /** Locked accounts may call it all the same. https://spec.matrix.org/v1.19/client-server-api/#account-locking */
    evenLocked?: boolean
    /** Suspended accounts may not call it. https://spec.matrix.org/v1.19/client-server-api/#account-suspension */
    notSuspended?: boolean
  }
  interface FastifyRequest {
    /** Set when the route's access asked for a token and one was given. Use `callerOf`. */
    caller: Caller | undefined
  }
}

/** The caller of a route whose access is `guest` or `user`. */
export function callerOf(request: { caller: Caller | undefined }): Caller {
  if (!request.caller) throw new Error('callerOf needs a route with access "guest" or "user"')
  return request.caller
}
