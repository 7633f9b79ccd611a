import { Socket } from 'node:net'
import pg from 'pg'
import type { ConnectionTarget, Host } from './connection-url.ts'
import { valueParsers } from './value-parsers.ts'

/** A connection whose socket can be destroyed at any moment, also while it is being opened or when nothing answers. */
export class Client extends pg.Client {
  readonly socket: Socket
  /** PostgreSQL gave up waiting for another site to confirm a commit of this connection: see `isUnconfirmed`. */
  unconfirmed = false
  /**
   * The server is a standby, or a primary that was demoted and starts again. It says so when a connection begins, and again
   * when it is promoted. https://www.postgresql.org/docs/current/runtime-config-preset.html#GUC-IN-HOT-STANDBY
   */
  inHotStandby = false

  constructor(config: pg.ClientConfig) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.socket = socket
    this.on('notice', (notice) => {
      if (isUnconfirmed(notice)) this.unconfirmed = true
    })
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      if (parameterName === 'in_hot_standby') this.inHotStandby = parameterValue === 'on'
    })
  }
}

/**
 * True for the warning that a commit stopped waiting for a standby, after a cancel or the termination of its backend:
 * it is committed here, and nobody knows whether anywhere else. The routine's name is given because texts are translated.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/replication/syncrep.c
 */
function isUnconfirmed({ routine }: { routine?: string | undefined }): boolean {
  return routine === 'SyncRepWaitForLSN'
}

type ParameterStatus = { parameterName: string; parameterValue: string }

const connectTimeoutMs = 2000

export function clientConfig(
  target: ConnectionTarget,
  { host, port }: Host,
  applicationName: string,
): pg.ClientConfig {
  return {
    host,
    port,
    database: target.database,
    ...(target.user ? { user: target.user } : {}),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.ssl && !host.startsWith('/') ? { ssl: target.ssl } : {}),
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    // A server that gave a connection up - its answer could not be delivered - tells it once, and that may get lost as well. Asked
    // again it says so: without this, whoever waits for the answer would wait for two hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 2000,
    // Statements given at once travel together and run in that order: one round trip instead of one each.
    pipeline: true,
    // Neither timeout can end a commit's wait for another site: PostgreSQL disarms the first before it commits, and the
    // second runs only between statements. `transaction_timeout` and cancel requests could, so they are never used.
    statement_timeout: 60_000,
    // A node that is cut off in the middle of a transaction must not keep others from the rows that it has locked. One that was
    // merely slow runs its transaction again.
    idle_in_transaction_session_timeout: 2000,
    // The warning above must reach us whatever the role's own setting says.
    options: '-c client_min_messages=warning',
    types: valueParsers,
  }
}
