import type { JsonObject } from '../../platform/json.ts'

/**
 * Money: accounts, transfers between them, holds. Amounts are whole minor units of an ISO 4217 currency. An account's
 * balance counts what was paid to it less what it has paid, so a wallet with money in it is above zero.
 */
export type Ledger = {
  /**
   * Carries out all steps of a request, or none. Repeating a request that was carried out gives the same answer for
   * ever, at any node; the same id with another body is refused with `ledger.id_reused`. A request that was refused
   * left nothing and may be sent again. Throws the refusals of `refusals.ts`, and `Outage` while the database moves.
   */
  post(request: LedgerRequest): Promise<Posted>
  /** What a request was answered, if it was carried out. */
  find(scope: string, id: string): Promise<Posted | undefined>
  /** Entries of a scope that bear this reference, oldest first, at most 100. */
  findByReference(scope: string, reference: string): Promise<Entry[]>
  /** The account as it stands now. Throws `ledger.account_unknown`. */
  account(id: string): Promise<Account>
  /** Accounts of an owner by id, after the id given; at most 100. */
  accountsOf(owner: string, after?: string): Promise<Account[]>
  /** The balance as of a time, entries of that millisecond included. Throws `ledger.account_unknown`. */
  balanceAt(id: string, atMs: number): Promise<bigint>
  /** What went in and out of an account, a page at a time. Throws `ledger.account_unknown`. */
  statement(id: string, query?: StatementQuery): Promise<StatementPage>
  /** Throws `ledger.hold_unknown`. */
  hold(scope: string, id: string): Promise<Hold>
  /** Holds that reserve money of an account, by placing time; at most 100. */
  openHolds(payer: string): Promise<Hold[]>
}

export type LedgerRequest = {
  /** Whose ids these are: every client of the ledger has its own, and sees and captures nothing of another's. */
  scope: string
  /** Chosen by the caller, unique within the scope. */
  id: string
  /** From 1 to 32, carried out in this order. */
  steps: readonly Step[]
}

export type Step = { [Kind in StepKind]: Readonly<{ kind: Kind } & StepBodies[Kind]> }[StepKind]
export type StepKind = keyof StepBodies

type Note = {
  /** Of something in the caller's world, to find the entry by. */
  reference?: string
  /** At most 4 KiB of JSON. */
  metadata?: JsonObject
}

type StepBodies = {
  open: {
    account: string
    /** What the account is to whoever runs this ledger: a customer's wallet is a liability, money at a bank an asset. */
    accountKind: AccountKind
    currency: string
    owner: string
    /** The balance less what is held stays at or above it; null for no floor. */
    floor: bigint | null
  }
  freeze: { account: string; frozen: Frozen }
  floor: { account: string; floor: bigint | null }
  /** Only an account with nothing on it and nothing held; for ever. */
  close: { account: string }
  transfer: Note & { payer: string; payee: string; currency: string; amount: bigint }
  /** Reserves money for the payee. After `expiresAtMs` it can only be released, and is, by itself. */
  hold: Note & {
    hold: string
    payer: string
    payee: string
    currency: string
    amount: bigint
    expiresAtMs?: number
  }
  /** Moves held money to the payee, in as many parts as wanted; without `amount` all that is still open. */
  capture: Note & { hold: string; amount?: bigint }
  /** Gives held money back, in as many parts as wanted; without `amount` all that is still open. */
  release: Note & { hold: string; amount?: bigint }
}

export type AccountKind = 'asset' | 'liability' | 'equity' | 'income' | 'expense'

/** A frozen account pays nothing: no transfer, hold or capture. With `all` it is paid nothing either. Holds may be released. */
export type Frozen = 'no' | 'outgoing' | 'all'

export type Posted = { scope: string; id: string; entries: readonly Entry[] }

/** One step that was carried out. */
export type Entry = {
  /** Rises with time for each account. */
  position: number
  scope: string
  id: string
  step: number
  kind: StepKind
  atMs: number
  account?: string
  payer?: string
  payee?: string
  currency?: string
  amount?: bigint
  hold?: string
  /** What an account was opened with or changed to; when a hold expires. */
  detail?: JsonObject
  reference?: string
  metadata?: JsonObject
}

export type Account = {
  id: string
  kind: AccountKind
  currency: string
  owner: string
  balance: bigint
  /** Reserved by holds: a part of the balance. */
  held: bigint
  floor: bigint | null
  frozen: Frozen
  closed: boolean
  openedAtMs: number
}

export type StatementQuery = {
  /** Unix milliseconds, both included. */
  fromMs?: number
  toMs?: number
  order?: 'newest' | 'oldest'
  /** At most 500; 50 unless told. */
  limit?: number
  /** The `next` of the page before. */
  after?: string
}

export type StatementPage = { lines: readonly StatementLine[]; next?: string }

export type StatementLine = {
  /** Above zero for what came in. */
  amount: bigint
  /** After this line. */
  balance: bigint
  entry: Entry
}

export type Hold = {
  scope: string
  id: string
  payer: string
  payee: string
  currency: string
  amount: bigint
  captured: bigint
  released: bigint
  /** amount = captured + released + open */
  open: bigint
  placedAtMs: number
  expiresAtMs?: number
}
