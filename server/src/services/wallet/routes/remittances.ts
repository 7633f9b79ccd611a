import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Recipient } from '../remittances/send.ts'
import type { WalletService } from '../service.ts'
import {
  IdParams,
  LinkBody,
  BankOrdersQuery as PageQuery,
  RecipientBody,
  type RecipientView,
  ReferenceParams,
  RemittanceBody,
} from '../wire.ts'
import { linkView, remittanceView } from './views.ts'

const remittances = '/api/wallet/v1/remittances'
const links = '/api/wallet/v1/links'
const reading = { access: 'user', limit: 'wallet-read' } as const
const sending = { access: 'user', limit: 'wallet-send', notSuspended: true } as const
const looking = { access: 'user', limit: 'wallet-look' } as const
const pageUsual = 30

export function recipientRoutes(app: App, { people }: WalletService): void {
  // POST, so that addresses stand in no log of requests.
  app.post(
    '/api/wallet/v1/recipients/check',
    { config: looking, schema: { body: RecipientBody } },
    async (request): Promise<RecipientView> => {
      const { to } = request.body
      return { name: 'user_id' in to ? await people.check(to.user_id) : null }
    },
  )
}

/** Money from person to person. The sender's client chooses the id; the recipient knows it by its reference. */
export function remittanceRoutes(app: App, wallet: WalletService): void {
  app.put(
    `${remittances}/:id`,
    { config: sending, schema: { params: IdParams, body: RemittanceBody } },
    async (request) => {
      const { userId } = callerOf(request)
      const { to, currency = wallet.currencies[0] ?? '', amount, note } = request.body
      const sent = await wallet.remittances.send({
        sender: userId,
        id: request.params.id,
        to: recipientOf(to),
        currency,
        amount: BigInt(amount),
        ...(note !== undefined && { note }),
      })
      return remittanceView(sent, userId)
    },
  )

  app.post(
    `${remittances}/:id/cancel`,
    { config: sending, schema: { params: IdParams } },
    async (request) => {
      const { userId } = callerOf(request)
      return remittanceView(await wallet.remittances.cancel(userId, request.params.id), userId)
    },
  )

  app.get(remittances, { config: reading, schema: { querystring: PageQuery } }, async (request) => {
    const { userId } = callerOf(request)
    const { before, limit } = request.query
    const size = Math.min(limit === undefined ? pageUsual : Number(limit), 99)
    const page = { limit: size + 1, ...(before !== undefined && { before }) }
    const found = await wallet.remittances.list(userId, page)
    const shown = found.slice(0, size).map((remittance) => remittanceView(remittance, userId))
    const last = shown.at(-1)
    return { remittances: shown, ...(found.length > size && last && { next: last.reference }) }
  })

  app.get(
    `${remittances}/by-reference/:reference`,
    { config: reading, schema: { params: ReferenceParams } },
    async (request) => {
      const { userId } = callerOf(request)
      return remittanceView(await wallet.remittances.read(userId, request.params.reference), userId)
    },
  )

  app.post(
    `${remittances}/by-reference/:reference/claim`,
    { config: sending, schema: { params: ReferenceParams } },
    async (request) => {
      const { userId } = callerOf(request)
      return remittanceView(await wallet.remittances.claim(userId, request.params.reference), userId)
    },
  )
}

/** The secret of a link is never part of an address that is sent to a server. */
export function linkRoutes(app: App, { remittances: money }: WalletService): void {
  app.post(`${links}/look`, { config: looking, schema: { body: LinkBody } }, async (request) =>
    linkView(await money.lookAtLink(request.body.link_secret)),
  )

  app.post(
    `${links}/claim`,
    { config: { ...looking, notSuspended: true }, schema: { body: LinkBody } },
    async (request) => {
      const { userId } = callerOf(request)
      return remittanceView(await money.claimLink(userId, request.body.link_secret), userId)
    },
  )
}

function recipientOf(to: { user_id: string } | { email: string } | { link_secret: string }): Recipient {
  if ('user_id' in to) return { userId: to.user_id }
  return 'email' in to ? { email: to.email.toLowerCase() } : { linkSecret: to.link_secret }
}
