import Type, { type Static } from 'typebox'

/** A whole number of minor units above zero, as text: no sign, no point, no exponent, no leading zero. */
export const Amount = Type.String({ pattern: '^[1-9][0-9]{0,17}$' })
/** Chosen by the client: the same again is the same request. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' })
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' })
/** Text that a person wrote, in one line. */
const line = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })
const userId = Type.String({ minLength: 3, maxLength: 255, pattern: '^@[^\\u0000]+$' })
const email = Type.String({ pattern: '^[^\\s@\\p{Cc}]{1,64}@[^\\s@\\p{Cc}]{1,190}$' })
const reference = Type.String({ pattern: '^[0-9a-f]{32}$' })
/** Chosen by the sender's client, from at least 160 random bits; the server keeps only its SHA-256. */
const linkSecret = Type.String({ pattern: '^[A-Za-z0-9_-]{27,64}$' })
const count = Type.String({ pattern: '^[1-9][0-9]{0,5}$' })
const position = Type.String({ pattern: '^[0-9]{1,15}$' })
const month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' })

export const IdParams = Type.Object({ id: Id })
export const CurrencyParams = Type.Object({ currency: Currency })
export const FrozenBody = Type.Object({ frozen: Type.Boolean() })
export const LimitsBody = Type.Object({
  transaction: Type.Union([Amount, Type.Null()]),
  day: Type.Union([Amount, Type.Null()]),
})
export const HistoryQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 255 })),
  kind: Type.Optional(Type.String({ pattern: '^[a-z_]{1,30}$' })),
  direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
  from_ts: Type.Optional(position),
  to_ts: Type.Optional(position),
  before: Type.Optional(position),
  limit: Type.Optional(count),
})
export const ActivityParams = Type.Object({ currency: Currency, position })
export const MonthsQuery = Type.Object({ from: month, to: month })

export const BankOrderBody = Type.Object({
  currency: Type.Optional(Currency),
  amount: Amount,
  /** As the bank writes it. */
  bank_account: Type.String({ pattern: '^[0-9A-Za-z][0-9A-Za-z -]{3,38}[0-9A-Za-z]$' }),
})
export type BankOrderBody = Static<typeof BankOrderBody>
export const BankOrdersQuery = Type.Object({
  before: Type.Optional(reference),
  limit: Type.Optional(count),
})

/** Phone numbers are nobody's here: accounts have none. */
const To = Type.Union([
  Type.Object({ user_id: userId }, { additionalProperties: false }),
  Type.Object({ email }, { additionalProperties: false }),
  Type.Object({ link_secret: linkSecret }, { additionalProperties: false }),
])
export const RemittanceBody = Type.Object({
  to: To,
  currency: Type.Optional(Currency),
  amount: Amount,
  note: Type.Optional(line(200)),
})
export const ReferenceParams = Type.Object({ reference })
export const LinkBody = Type.Object({ link_secret: linkSecret })
export const RecipientBody = Type.Object({
  to: Type.Union([
    Type.Object({ user_id: userId }, { additionalProperties: false }),
    Type.Object({ email }, { additionalProperties: false }),
  ]),
})

/** 16 bytes of the client's secure randomness, in hexadecimal: new ones for each code. */
export const CodeBody = Type.Object({
  secret: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  currency: Type.Optional(Currency),
})
export const OfflineKeyParams = Type.Object({ key: Type.String({ pattern: '^[0-9a-f]{32}$' }) })
/** A P-256 public key, SPKI in Base64. Its id is the first 16 bytes of its SHA-256. */
export const OfflineKeyBody = Type.Object({
  public_key: Type.String({ pattern: '^[A-Za-z0-9+/]{100,200}={0,2}$' }),
  currency: Type.Optional(Currency),
})
export const RedemptionBody = Type.Object({
  /** As scanned. */
  code: Type.String({ maxLength: 500 }),
  currency: Type.Optional(Currency),
  amount: Amount,
  note: Type.Optional(line(200)),
})

const asked = Type.Object({ user_id: userId, amount: Amount }, { additionalProperties: false })
export const AskBody = Type.Object({
  currency: Type.Optional(Currency),
  note: Type.Optional(line(200)),
  from: Type.Array(asked, { minItems: 1, maxItems: 100 }),
})
export const AskParams = Type.Object({ asker: userId, id: Id })
export const PayAskParams = Type.Object({ asker: userId, id: Id, remittance: Id })
export const ListQuery = Type.Object({ limit: Type.Optional(count) })

/** A wallet as its owner sees it. Amounts are text in minor units. */
export type WalletView = {
  currency: string
  balance: string
  /** The balance less what is set aside. */
  available: string
  held: string
  frozen: boolean
  /** What the bank has taken back and is still missing. */
  debt: string
  limits: { transaction: string; day: string; balance: string }
  own_limits: { transaction: string | null; day: string | null }
  spent_today: string
}

export type ActivityView = {
  /** Names it, and rises with time. */
  position: number
  at_ts: number
  /** Above zero for what came in. */
  amount: string
  balance: string
  /**
   * payment, refund, top_up, top_up_returned, withdrawal, withdrawal_returned, debt_collected, sent, received or other;
   * services to come may add more.
   */
  kind: string
  title: string
  note?: string
  /** User id of the person on the other side. */
  person?: string
  request: string
}

export type HistoryView = { activities: ActivityView[]; next?: number }
export type MonthsView = {
  months: {
    month: string
    in: string
    out: string
    kinds: { kind: string; count: number; in: string; out: string }[]
  }[]
}

export type BankOrderView = {
  id: string
  reference: string
  direction: 'in' | 'out'
  currency: string
  amount: string
  /** Only its end. */
  bank_account: string
  state: 'new' | 'accepted' | 'submitted' | 'settled' | 'rejected' | 'returned'
  reason?: string
  placed_ts: number
  changed_ts: number
}

/** Who that is: the masked name, or null. For an address it is always null, whether somebody has it or not. */
export type RecipientView = { name: string | null }

export type RemittanceView = {
  reference: string
  /** Of those who look: the sender sees their own id for it. */
  id?: string
  direction: 'in' | 'out'
  sender: string
  sender_name: string
  /** User id and name, as soon as it is somebody's. */
  recipient?: string
  recipient_name?: string
  email?: string
  by_link: boolean
  currency: string
  amount: string
  note?: string
  state: 'sent' | 'claimed' | 'cancelled' | 'returned'
  /** Until then the sender can cancel; then it arrives by itself. Without it the recipient has to claim it. */
  arrives_ts?: number
  expires_ts: number
  placed_ts: number
  changed_ts: number
}

/** What the QR code holds that a person shows. */
export type CodeView = { payload: string; currency: string; shown_ts: number; expires_ts: number }
/** Until when, and how much, codes pay that the phone signs without being connected. */
export type OfflineKeyView = {
  key: string
  currency: string
  ends_ts: number
  payment_max: string
  left: string
}
/** The till's receipt. */
export type RedemptionView = { amount: string; currency: string; paid_ts: number; position: number }

/** What somebody with a link sees before they claim it. */
export type LinkView = {
  sender_name: string
  currency: string
  amount: string
  state: RemittanceView['state']
  expires_ts: number
}

export type AskView = {
  asker: string
  id: string
  currency: string
  note?: string
  withdrawn: boolean
  placed_ts: number
  shares: { user_id: string; amount: string; state: 'open' | 'sent' | 'paid'; reference?: string }[]
}

/**
 * What shows money in a chat. The client of whoever sends or asks also sends an `m.room.message` with this content: rooms are
 * encrypted end to end, so nobody else could. It only points: the amount that counts, and the state, are asked for
 * by `reference` or by asker and id, and a forged bubble moves nothing. Clients that do not know the type show `body`.
 * @public
 */
export type MoneyMessage = {
  msgtype: 'org.dure.money'
  /** In the sender's language, such as `Ann has sent 5,000 KRW`. */
  body: string
  'org.dure.money':
    | { kind: 'sent'; reference: string; currency: string; amount: string; note?: string }
    /** The secret is in the message: whoever is in the room may claim it, the first one does. */
    | {
        kind: 'link'
        reference: string
        link_secret: string
        currency: string
        amount: string
        note?: string
      }
    | { kind: 'asked' | 'split'; asker: string; id: string; currency: string; total: string; note?: string }
}
