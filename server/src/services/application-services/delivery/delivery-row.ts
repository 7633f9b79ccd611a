import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'

/** How far a service has been told, as the node that sends to it holds it. */
export type Delivery = {
  serviceId: string
  salt: string
  number: number
  /** The transaction that waits for its confirmation. */
  body: string | null
  position: number
  fence: number
}

/** Another node sends to the service now: whoever is told so stops. */
export class DeliveryLost extends Error {
  constructor(serviceId: string) {
    super(`another node sends to ${serviceId}`)
    this.name = 'DeliveryLost'
  }
}

const columns = sql`service_id as "serviceId", salt, number, body, position, fence`

/** A service that is new hears of what happens from here on. */
export async function welcome(
  { db, random }: { db: Database; random: Random },
  serviceId: string,
  head: number,
): Promise<void> {
  await db.run(sql`
    insert into application_services.delivery (service_id, salt, position)
    values (${serviceId}, ${random.text(8)}, ${head}) on conflict do nothing`)
}

/** Makes this node the one that sends. */
export async function takeOver({ db }: { db: Database }, serviceId: string): Promise<Delivery> {
  const [row] = await db.rows<Delivery>(sql`
    update application_services.delivery set fence = fence + 1 where service_id = ${serviceId} returning ${columns}`)
  if (!row) throw new DeliveryLost(serviceId)
  return row
}

/** What stands in the database. Throws `DeliveryLost`. */
export async function reload(
  { db }: { db: Database },
  { serviceId, fence }: Pick<Delivery, 'serviceId' | 'fence'>,
): Promise<Delivery> {
  const [row] = await db.rows<Delivery>(sql`
    select ${columns} from application_services.delivery where service_id = ${serviceId} and fence = ${fence}`)
  if (!row) throw new DeliveryLost(serviceId)
  return row
}

/** Notes how far the stream was looked at; with a body, as the next transaction. Throws `DeliveryLost`. */
export async function advance(
  { db }: { db: Database },
  delivery: Delivery,
  to: { position: number; body: string | null },
): Promise<Delivery> {
  const number = to.body === null ? delivery.number : delivery.number + 1
  const changed = await db.run(sql`
    update application_services.delivery set position = ${to.position}, body = ${to.body}, number = ${number}
    where service_id = ${delivery.serviceId} and fence = ${delivery.fence}
      and number = ${delivery.number} and body is null`)
  if (changed === 0) throw new DeliveryLost(delivery.serviceId)
  return { ...delivery, ...to, number }
}

/** The service has confirmed its transaction. Throws `DeliveryLost`. */
export async function confirm({ db }: { db: Database }, delivery: Delivery): Promise<Delivery> {
  const changed = await db.run(sql`
    update application_services.delivery set body = null
    where service_id = ${delivery.serviceId} and fence = ${delivery.fence} and number = ${delivery.number}`)
  if (changed === 0) throw new DeliveryLost(delivery.serviceId)
  return { ...delivery, body: null }
}

export function transactionIdOf({ salt, number }: Delivery): string {
  return `${salt}.${number}`
}
