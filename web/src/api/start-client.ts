import {
  ClientEvent,
  createClient,
  HttpApiEvent,
  IndexedDBStore,
  type MatrixClient,
  MatrixScheduler,
  PendingEventOrdering,
} from 'matrix-js-sdk'
import type { Logger } from 'matrix-js-sdk/lib/logger.js'
import { sites } from './connection.ts'
import { secretKeyCallbacks } from './secret-keys.ts'
import { endSession, type Session } from './session.ts'
import { withPassword } from './with-password.ts'

const syncDatabase = 'dure-sync'
const cryptoPrefix = 'dure-crypto'

/**
 * The client of the person who is signed in: what the device kept of the last sync is there at once, with or without a
 * network; then it follows the server, whichever site answers.
 */
export async function startClient(session: Session): Promise<MatrixClient> {
  const store = new IndexedDBStore({ indexedDB, dbName: syncDatabase, localStorage })
  const client = createClient({
    baseUrl: location.origin,
    fetchFn: sites.fetch,
    userId: session.userId,
    deviceId: session.deviceId,
    accessToken: session.accessToken,
    store,
    logger: quiet,
    // The outbox repeats and orders; nothing else does.
    scheduler: new MatrixScheduler(
      () => -1,
      () => null,
    ),
    timelineSupport: true,
    verificationMethods: ['m.sas.v1'],
    cryptoCallbacks: secretKeyCallbacks,
  })
  client.on(HttpApiEvent.SessionLoggedOut, () => void leave(client, true))
  await Promise.all([
    // Without what was kept the client starts from the server; that a store is broken must not keep anybody out.
    store.startup().catch(() => undefined),
    client.initRustCrypto({ cryptoDatabasePrefix: cryptoPrefix }),
  ])
  await client.startClient({
    initialSyncLimit: 30,
    lazyLoadMembers: true,
    threadSupport: true,
    // What waits to be sent is the outbox's to show, not the timeline's.
    pendingEventOrdering: PendingEventOrdering.Detached,
  })
  sites.reach.subscribe(() => {
    if (sites.reach.get() === 'offline') keepSync(store)
    else client.retryImmediately()
  })
  keepOften(client, store)
  return client
}

const keepEveryMs = 10_000

/** By itself the SDK keeps what it knows every five minutes: too seldom for who starts the app again without a network. */
function keepOften(client: MatrixClient, store: IndexedDBStore): void {
  let keptAt = 0
  client.on(ClientEvent.Sync, () => {
    if (Date.now() - keptAt < keepEveryMs) return
    keptAt = Date.now()
    keepSync(store)
  })
  addEventListener('pagehide', () => keepSync(store))
}

/** A store that is full or broken only costs the next start its head start. */
function keepSync(store: IndexedDBStore): void {
  store.save(true).catch(() => undefined)
}

/** Resolves with the first state that can be shown: what was kept, or the answer to the first sync. */
export function whenPrepared(client: MatrixClient): Promise<void> {
  if (client.isInitialSyncComplete()) return Promise.resolve()
  return new Promise((resolve) => {
    const look = (state: string) => {
      if (state !== 'PREPARED' && state !== 'SYNCING' && client.getRooms().length === 0) return
      client.off(ClientEvent.Sync, look)
      resolve()
    }
    client.on(ClientEvent.Sync, look)
  })
}

export async function signOut(client: MatrixClient): Promise<void> {
  await client.logout(true).catch(() => undefined)
  await leave(client, false)
}

/** Ends the account for good. `false` when the password is not right. */
export async function deactivate(client: MatrixClient, password: string, erase: boolean): Promise<boolean> {
  const done = await withPassword(client, password, (answer) =>
    answer((auth) => client.deactivateAccount(auth ?? undefined, erase)),
  )
  if (done) await leave(client, false)
  return done
}

async function leave(client: MatrixClient, ended: boolean): Promise<void> {
  client.stopClient()
  await client.clearStores({ cryptoDatabasePrefix: cryptoPrefix }).catch(() => undefined)
  await endSession(ended)
}

/** The SDK tells of every request; a person's console is not the place for what they say to each other. */
const quiet: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  getChild: () => quiet,
}
