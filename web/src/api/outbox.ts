import { createStore, type Store } from './store.ts'

/** A file that goes along with a message; `uploaded` is what its upload gave, so that a repetition does not upload again. */
export type OutboxFile = {
  blob: Blob
  name: string
  thumbnail?: Thumbnail
  /** The name of what the person sends again and again, such as a sticker: uploaded once, for everybody to see. */
  shared?: string
  uploaded?: Record<string, unknown>
}

/** A small picture that is shown in the place of the file, with its size in pixels. */
export type Thumbnail = { blob: Blob; w: number; h: number }

/**
 * Something a person has sent. The transaction id is chosen once, here: however often the entry is sent, by whichever
 * page after whatever crash, the server takes it once.
 */
export type OutboxEntry = {
  txnId: string
  roomId: string
  type: string
  content: Record<string, unknown>
  createdAt: number
  threadId?: string
  file?: OutboxFile
  /** `sent` stays, in memory alone, until the timeline has the event. */
  state: 'waiting' | 'sending' | 'failed' | 'sent'
  eventId?: string
}

export type Outbox = {
  entries: Pick<Store<readonly OutboxEntry[]>, 'get' | 'subscribe'>
  /** Share of a file that is uploaded, from 0 to 1, by transaction id. */
  progress: Pick<Store<ReadonlyMap<string, number>>, 'get' | 'subscribe'>
  /** Takes over what an earlier page left. */
  start(): Promise<void>
  /** Resolves when the entry is safe on this device. */
  add(entry: Pick<OutboxEntry, 'roomId' | 'type' | 'content' | 'threadId' | 'file'>): Promise<string>
  /** Sends again what the server had refused. */
  retry(txnId: string): Promise<void>
  /** Gives up an entry that is not on its way. */
  discard(txnId: string): Promise<void>
  /** The timeline has the event: what stood for it goes. */
  settle(event: { eventId: string | undefined; txnId: string | undefined }): void
  /** There may be a connection again. */
  wake(): void
}

export type OutboxDeps = {
  /** Sends, under the entry's transaction id, and gives the event's id. */
  send(entry: OutboxEntry): Promise<string>
  upload(
    file: OutboxFile,
    entry: OutboxEntry,
    onProgress: (share: number) => void,
  ): Promise<Record<string, unknown>>
  /** Whether the same may work later, unlike a refusal. */
  isTransient(error: unknown): boolean
  disk: {
    all(): Promise<OutboxEntry[]>
    keep(entry: OutboxEntry): Promise<void>
    forget(txnId: string): Promise<void>
  }
  now: () => number
  after: (ms: number, run: () => void) => () => void
  newId: () => string
}

const patienceMs = { first: 1000, most: 15_000 }

export function createOutbox(deps: OutboxDeps): Outbox {
  const entries = createStore<readonly OutboxEntry[]>([])
  const progress = createStore<ReadonlyMap<string, number>>(new Map())
  const list: List = {
    entries,
    progress,
    find: (txnId) => entries.get().find((entry) => entry.txnId === txnId),
    change(txnId, change) {
      entries.set(entries.get().map((entry) => (entry.txnId === txnId ? { ...entry, ...change } : entry)))
      return list.find(txnId)
    },
    remove(txnId) {
      entries.set(entries.get().filter((entry) => entry.txnId !== txnId))
      const left = new Map(progress.get())
      if (left.delete(txnId)) progress.set(left)
    },
  }
  const { run, wake } = createSender(deps, list)

  return {
    entries,
    progress,
    async start() {
      const kept = await deps.disk.all()
      const waiting = kept.map((entry) => ({
        ...entry,
        state: entry.state === 'failed' ? ('failed' as const) : ('waiting' as const),
      }))
      entries.set([...waiting.sort((a, b) => a.createdAt - b.createdAt), ...entries.get()])
      run()
    },
    async add(wanted) {
      const entry: OutboxEntry = { ...wanted, txnId: deps.newId(), createdAt: deps.now(), state: 'waiting' }
      entries.set([...entries.get(), entry])
      await deps.disk.keep(entry)
      run()
      return entry.txnId
    },
    async retry(txnId) {
      const entry = list.change(txnId, { state: 'waiting' })
      if (entry) await deps.disk.keep(entry)
      wake()
    },
    async discard(txnId) {
      const entry = list.find(txnId)
      if (!entry || entry.state === 'sending' || entry.state === 'sent') return
      list.remove(txnId)
      await deps.disk.forget(txnId)
    },
    settle({ eventId, txnId }) {
      const isIt = (entry: OutboxEntry) =>
        entry.txnId === txnId || (eventId !== undefined && entry.eventId === eventId)
      for (const entry of entries.get().filter(isIt)) list.remove(entry.txnId)
    },
    wake,
  }
}

type List = {
  entries: Store<readonly OutboxEntry[]>
  progress: Store<ReadonlyMap<string, number>>
  find(txnId: string): OutboxEntry | undefined
  change(txnId: string, change: Partial<OutboxEntry>): OutboxEntry | undefined
  remove(txnId: string): void
}

/** Rooms are independent; within one, messages leave in the order in which they were written. */
function createSender(deps: OutboxDeps, list: List): { run: () => void; wake: () => void } {
  const { entries, progress } = list
  const busyRooms = new Set<string>()
  let pauseMs = patienceMs.first
  let cancelPause: (() => void) | undefined

  function run(): void {
    if (cancelPause) return
    for (const roomId of new Set(entries.get().map((entry) => entry.roomId)))
      if (!busyRooms.has(roomId)) void runRoom(roomId)
  }

  async function runRoom(roomId: string): Promise<void> {
    busyRooms.add(roomId)
    try {
      for (let next = head(roomId); next && !cancelPause; next = head(roomId)) await sendOne(next)
    } finally {
      busyRooms.delete(roomId)
    }
  }

  function head(roomId: string): OutboxEntry | undefined {
    return entries.get().find((entry) => entry.roomId === roomId && entry.state === 'waiting')
  }

  async function sendOne(entry: OutboxEntry): Promise<void> {
    const { txnId } = entry
    list.change(txnId, { state: 'sending' })
    try {
      const ready = await withFile(entry)
      const eventId = await deps.send(ready)
      pauseMs = patienceMs.first
      list.change(txnId, { state: 'sent', eventId })
      await deps.disk.forget(txnId)
    } catch (error) {
      if (deps.isTransient(error)) {
        list.change(txnId, { state: 'waiting' })
        pause()
        return
      }
      const failed = list.change(txnId, { state: 'failed' })
      if (failed) await deps.disk.keep(failed)
    }
  }

  async function withFile(entry: OutboxEntry): Promise<OutboxEntry> {
    const { file, txnId } = entry
    if (!file) return entry
    const uploaded =
      file.uploaded ??
      (await deps.upload(file, entry, (share) => progress.set(new Map(progress.get()).set(txnId, share))))
    const next = { ...entry, file: { ...file, uploaded } }
    list.change(txnId, { file: next.file })
    if (!file.uploaded) await deps.disk.keep(next)
    return { ...next, content: { ...entry.content, ...uploaded } }
  }

  function pause(): void {
    if (cancelPause) return
    cancelPause = deps.after(pauseMs, wake)
    pauseMs = Math.min(pauseMs * 2, patienceMs.most)
  }

  function wake(): void {
    cancelPause?.()
    cancelPause = undefined
    run()
  }

  return { run, wake }
}
