/**
 * A person's money, for services that take or give some of it. Every request names its client (the service that asks)
 * and an id of the client's choosing; repeated with the same body it has the same answer for ever, at any node. Amounts
 * are whole minor units. Throws the refusals of `refusals.ts`, and `Outage` while the database moves.
 *
 * Refused are, each without a trace: `wallet.funds_insufficient`, `wallet.frozen` (the person's own wallet),
 * `wallet.payee_unable`, `wallet.limit_exceeded` (with `limit` and `allowed` in `extra`), `wallet.currency_unsupported`,
 * `wallet.amount_invalid`, `wallet.id_reused`, and what the operations name.
 */
export type Wallet = {
  /** The ledger account of a person in a currency, opened when it is first asked for. */
  accountOf(userId: string, currency: string): Promise<string>
  /**
   * Sets money of a person aside for a payee, until it is captured or released in as many parts as wanted, or until
   * `expiresAtMs`. It counts for the day's limit whatever becomes of it.
   */
  authorize(request: AuthorizeRequest): Promise<Authorization>
  /**
   * Moves money that was set aside to the payee. Throws `wallet.authorization_unknown`, `wallet.authorization_exceeded`
   * and `wallet.authorization_expired`.
   */
  capture(request: CaptureRequest): Promise<Payment>
  /** Gives back what was set aside, or a part of it. Throws `wallet.authorization_unknown` and `wallet.authorization_exceeded`. */
  release(request: ReleaseRequest): Promise<Payment>
  /** How an authorization stands now. Throws `wallet.authorization_unknown`. */
  authorization(client: string, id: string): Promise<Authorization>
  /** Pays at once, without setting aside. */
  pay(request: PayRequest): Promise<Payment>
  /**
   * Pays a person from an account of the client, as for a refund: no limit and no freeze of the person stands in the way.
   * How much may be refunded is the client's to know. Throws `wallet.payer_unable` when that account cannot pay.
   */
  credit(request: CreditRequest): Promise<Payment>
  /**
   * Pays with a one-time code that a person shows and a till has scanned. A code is good for one request of one till, at whichever site;
   * also when that was refused for want of money. Throws `wallet.code_unknown`, `wallet.code_expired` and `wallet.code_used`.
   * Gives whose code it was: who paid.
   */
  redeem(request: RedeemRequest): Promise<Payment & { userId: string }>
}

/** Whose request it is: a client's ids are its own. Client: 1 to 20 letters; id: 1 to 150 characters, none of them control. */
export type RequestId = { client: string; id: string }

/** What the person reads about it in their history. */
export type Memo = {
  /** Who is paid, or who pays: a shop's name. At most 100 characters. */
  title: string
  /** At most 200 characters. */
  note?: string
  /** The client's own name for what this is about, such as an order's id: the ledger finds entries by it. At most 150 characters. */
  reference?: string
}

export type PayRequest = RequestId & {
  userId: string
  /** A ledger account, which the client has opened. */
  payee: string
  currency: string
  amount: bigint
  memo: Memo
}

/** The code says who pays. */
export type RedeemRequest = Omit<PayRequest, 'userId'> & { code: string }

export type AuthorizeRequest = PayRequest & { expiresAtMs?: number }

export type CaptureRequest = RequestId & {
  /** Id of the authorization, which is of the same client. */
  authorization: string
  amount: bigint
  /** In the same step gives this much of what is left back. */
  release?: bigint
  memo: Memo
}

export type ReleaseRequest = RequestId & {
  authorization: string
  /** Without it all that is left. */
  amount?: bigint
}

export type CreditRequest = RequestId & {
  userId: string
  /** The ledger account that pays. */
  payer: string
  currency: string
  amount: bigint
  memo: Memo
}

export type Authorization = RequestId & {
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

/** Money that was moved or given back. */
export type Payment = RequestId & {
  currency: string
  amount: bigint
  payer: string
  payee: string
  atMs: number
  /** Of the ledger's entry; rises with time for each account. */
  position: number
}
