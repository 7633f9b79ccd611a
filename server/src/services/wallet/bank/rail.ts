/**
 * Whatever moves money between bank accounts and this deployment's account at its bank. A rail may repeat a report, take
 * days, and take back what it has settled; nothing here relies on more than the order of reports of one order.
 */
export type BankRail = {
  /** Whose progress is kept under this name. */
  name: string
  /** Hands an order over. The same reference again is the same order. */
  submit(order: RailOrder): Promise<void>
  /** Reports with a number above `after`, in the order of their numbers. */
  reports(after: number, limit: number): Promise<RailReport[]>
}

export type RailOrder = {
  /** 1 to 35 letters and digits, as ISO 20022 has it for an end-to-end identification. */
  reference: string
  /** `in`: from the person's bank account to ours. */
  direction: 'in' | 'out'
  currency: string
  amount: bigint
  bankAccount: string
}

export type RailReport = { number: number; reference: string; outcome: RailOutcome; reason?: string }

/** `returned` follows `settled`, perhaps weeks later. */
export type RailOutcome = 'settled' | 'rejected' | 'returned'
