import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Log } from '../../../platform/log.ts'
import type { Random } from '../../../platform/random.ts'
import type { Refusal } from '../../../platform/refusal.ts'
import type { CheckoutSettings } from '../config.ts'
import { type Document, type Kind, prefixes, type Shown } from '../documents.ts'
import type { OpenAccount, Tills } from '../money/till.ts'
import type { Changed, Store } from '../store/change.ts'
import type { Claim } from '../store/draft.ts'
import { presentStripeError } from '../stripe/errors.ts'

export type CheckoutDeps = {
  db: Database
  clock: Clock
  random: Random
  log: Log
  jobs: Jobs
  store: Store
  tills: Tills
  openAccount: OpenAccount
  settings: CheckoutSettings
  show(document: Document): Shown
  /** A charge of a shop, as it stands: those that are asked for at once are one query. */
  charge(shop: string, id: string): Promise<Document<'charge'>>
  /** The person who owns a shop. */
  ownerOf(shop: string): Promise<string>
  /** The name of a shop, as payers read it. */
  titleOf(shop: string): Promise<string>
}

/** Whose request it is, and how it is told from others when it comes again. */
export type ShopRequest = { shop: string; claim?: Claim | undefined }

/** What a request is answered. */
export type Reply = { status: number; body: JsonObject; replayed: boolean }

/** The claim's key, for steps whose end answers the request. */
export function keyOf({ claim }: ShopRequest): string | null {
  return claim?.key ?? null
}

/** The reply of a request that is done with its one change. */
export function replyOf(changed: Changed<JsonObject>): Reply {
  if ('earlier' in changed)
    return { status: changed.earlier.status, body: JSON.parse(changed.earlier.body), replayed: true }
  return { status: 200, body: changed.result, replayed: false }
}

/** A refusal that is kept as the answer of its request, because something has come of it. */
export function refusedWith(refusal: Refusal): Reply {
  const { status, body } = presentStripeError(refusal)
  return { status, body, replayed: false }
}

const randomLength = 20

/**
 * Random: nobody can guess one. It also says whose it is, so that a payer who holds nothing but the id of a session is led
 * to the shop's documents without a search through those of all shops.
 */
export function newId(random: Random, kind: Kind, shop: string): string {
  const [, code = '', mode = ''] = /^acct_(\w+)\.(test|live)$/.exec(shop) ?? []
  const id = `${code}${random.text(randomLength)}`
  return kind === 'checkout_session' ? `cs_${mode}_${id}` : `${prefixes[kind]}_${mode.charAt(0)}${id}`
}

/** The side of a shop that an id belongs to. */
export function shopOfId(id: string): string | undefined {
  const match = /^(?:cs_(?<side>test|live)_|[a-z]+_(?<mode>[tl]))(?<code>\w{12})\w{20}$/.exec(id)
  if (!match?.groups) return undefined
  const { side = match.groups['mode'] === 'l' ? 'live' : 'test', code } = match.groups
  return `acct_${code}.${side}`
}

export function nowSeconds(nowMs: number): number {
  return Math.floor(nowMs / 1000)
}
