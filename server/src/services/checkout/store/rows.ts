import { type Sql, sql } from '../../../platform/db/sql.ts'
import type { Document } from '../documents.ts'

export type DocumentRow = {
  shop: string
  id: string
  kind: Document['kind']
  createdMs: number
  intent: string | null
  customer: string | null
  dueAtMs: number | null
  body: Document['body']
}

export const documentColumns: Sql = sql`
  document.shop, document.id, document.kind, document.created_ms as "createdMs", document.intent, document.customer,
  document.due_at_ms as "dueAtMs", document.body`

export function asDocument({ intent, customer, dueAtMs, ...row }: DocumentRow): Document {
  return {
    ...row,
    ...(intent === null ? {} : { intent }),
    ...(customer === null ? {} : { customer }),
    ...(dueAtMs === null ? {} : { dueAtMs }),
  }
}
