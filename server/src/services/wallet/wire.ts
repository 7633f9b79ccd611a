import Type, { type Static } from 'typebox'

/** A whole number of minor units above zero, as text: no sign, no point, no exponent, no leading zero. */
export const Amount = Type.String({ pattern: '^[1-9][0-9]{0,17}$' })
/** Chosen by the client: the same again is the same request. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9._~-]{1,64}$' })
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' })
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
  before: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$' })),
  limit: Type.Optional(count),
})

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
