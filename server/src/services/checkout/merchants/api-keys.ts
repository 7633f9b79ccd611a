import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import { refuse } from '../refusals.ts'

export type KeyKind = 'secret' | 'publishable'
export type ApiKey = {
  id: string
  kind: KeyKind
  live: boolean
  /** The last letters, by which a person tells keys apart. */
  hint: string
  createdMs: number
  endsMs: number | null
}
/** What a key opens. */
export type Opened = { shop: string; kind: KeyKind }
type KeyDeps = { db: Database; clock: Clock; random: Random }

const keyLength = 40
const keysMax = 100
/** For so long a node believes what it has read about a key; the node that ends one forgets at once. */
const rememberedMs = 2_000
const rememberedMax = 20_000

export type Keys = ReturnType<typeof createKeys>

export function createKeys(deps: KeyDeps) {
  const remembered = new Map<string, { opened: Opened | undefined; untilMs: number }>()

  return {
    /** The key itself is given here and never again: only its hash is kept. `id` is the caller's, and used once. */
    async create(
      merchant: string,
      wanted: { id: string; kind: KeyKind; live: boolean },
    ): Promise<ApiKey & { key: string }> {
      const { id, kind, live } = wanted
      const key = `${kind === 'secret' ? 'sk' : 'pk'}_${live ? 'live' : 'test'}_${deps.random.text(keyLength)}`
      const made = await deps.db.run(sql`
        insert into checkout.api_key (hash, id, merchant, kind, live, hint, created_ms)
        select ${hashOf(key)}, ${id}, ${merchant}, ${kind}, ${live}, ${key.slice(-4)}, ${deps.clock.now()}
        where (select count(*) from checkout.api_key where merchant = ${merchant}) < ${keysMax}
        on conflict (id) do nothing`)
      if (made === 0) throw refuse('checkout.api_key_exists')
      return { id, kind, live, hint: key.slice(-4), createdMs: deps.clock.now(), endsMs: null, key }
    },

    list: (merchant: string) =>
      deps.db.rows<ApiKey>(sql`
        select id, kind, live, hint, created_ms as "createdMs", ends_ms as "endsMs" from checkout.api_key
        where merchant = ${merchant} order by created_ms, id limit ${keysMax}`),

    /** Ends a key now, or at a time that leaves a shop the while to bring in the one after it. */
    async end(merchant: string, id: string, atMs: number): Promise<void> {
      const ended = await deps.db.run(sql`
        update checkout.api_key set ends_ms = least(coalesce(ends_ms, ${atMs}), ${atMs})
        where merchant = ${merchant} and id = ${id}`)
      if (ended === 0) throw refuse('checkout.api_key_unknown')
      remembered.clear()
    },

    /** Throws `checkout.api_key_invalid`. */
    async open(key: string): Promise<Opened> {
      const hash = hashOf(key)
      const now = deps.clock.now()
      const known = remembered.get(hash)
      const opened = known && known.untilMs > now ? known.opened : await read(hash)
      if (!opened) throw refuse('checkout.api_key_invalid', `Invalid API key provided: ${key.slice(0, 8)}***`)
      return opened
    },
  }

  async function read(hash: string): Promise<Opened | undefined> {
    const now = deps.clock.now()
    const [row] = await deps.db.rows<{
      merchant: string
      kind: KeyKind
      live: boolean
      endsMs: number | null
    }>(sql`
      select merchant, kind, live, ends_ms as "endsMs" from checkout.api_key
      where hash = ${hash} and (ends_ms is null or ends_ms > ${now})`)
    const opened = row && { shop: `${row.merchant}.${row.live ? 'live' : 'test'}`, kind: row.kind }
    if (remembered.size >= rememberedMax) remembered.clear()
    // What opens nothing is not remembered: anybody could fill the memory with it.
    if (opened)
      remembered.set(hash, {
        opened,
        untilMs: Math.min(now + rememberedMs, row?.endsMs ?? now + rememberedMs),
      })
    return opened
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
