import { type CarryOutDeps, carryOut } from './carry-out.ts'
import { collectDebts } from './debts.ts'
import {
  type BankOrder,
  type BankOrderRequest,
  listOrders,
  orderOf,
  placeOrder,
  readOrder,
} from './orders.ts'
import type { RailReport } from './rail.ts'
import { fetchReports, takeReport } from './take-report.ts'

/** Money between bank accounts and wallets. */
export type Bank = {
  /**
   * Takes an order and brings it to the bank; what comes of it is seen later in its state. Throws what stands in the way:
   * limits, too little money, a frozen wallet. The id of an order that was refused stays refused.
   */
  place(request: BankOrderRequest): Promise<BankOrder>
  order(userId: string, id: string): Promise<BankOrder>
  orders(userId: string, page: { before?: string; limit: number }): Promise<BankOrder[]>
  /** For jobs. */
  carryOut(reference: string): Promise<void>
  fetchReports(): Promise<void>
  takeReport(report: Omit<RailReport, 'number'>): Promise<void>
  collectDebts(signal?: AbortSignal): Promise<void>
}

export function createBank(deps: CarryOutDeps): Bank {
  const { db } = deps
  return {
    place: async (request) => carryOut(deps, await placeOrder(deps, request)),
    order: (userId, id) => readOrder(db, userId, id),
    orders: (userId, page) => listOrders(db, userId, page),
    async carryOut(reference) {
      const order = await orderOf(db, reference)
      // What was refused is refused for good; whoever placed it is told when they ask.
      if (order && order.state !== 'rejected') await carryOut(deps, order)
    },
    fetchReports: () => fetchReports(deps),
    takeReport: (report) => takeReport(deps, report),
    collectDebts: (signal) => collectDebts(deps, signal),
  }
}
