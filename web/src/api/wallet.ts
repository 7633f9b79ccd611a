import type { MatrixClient } from 'matrix-js-sdk'
import { useMemo } from 'react'
import type { ScanPaymentView, ScanView } from '../../../server/src/services/checkout/wire.ts'
import type {
  ActivityView,
  AskView,
  BankOrderView,
  CodeView,
  HistoryView,
  LinkView,
  MonthsView,
  OfflineKeyView,
  RecipientView,
  RemittanceView,
  WalletView,
} from '../../../server/src/services/wallet/wire.ts'
import { useClient } from './client-context.ts'
import { sites } from './connection.ts'

/** A "no" of the server, by the code of its refusal. */
export class WalletError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export type Wallet = ReturnType<typeof createWallet>

/** The money of the person who is signed in. Every write carries an id, so that it can be sent again to whichever site lives. */
export function useWallet(): Wallet {
  const client = useClient()
  return useMemo(() => createWallet(client), [client])
}

/** A new id for something that the person is about to do: kept until it is known what became of it. */
export function newId(): string {
  return crypto.randomUUID()
}

export type HistoryFilter = {
  search?: string
  kind?: string
  direction?: 'in' | 'out'
  from_ts?: number
  before?: number
  limit: number
}

const wallet = '/api/wallet/v1'
const scans = '/api/checkout/v1/scans'

function createWallet(client: MatrixClient) {
  const get = <Answer>(path: string) => call<Answer>(client, 'GET', path)
  const put = <Answer>(path: string, body: unknown) => call<Answer>(client, 'PUT', path, body)
  const post = <Answer>(path: string, body: unknown) => call<Answer>(client, 'POST', path, body)
  const part = encodeURIComponent
  return {
    wallets: () => get<{ wallets: WalletView[] }>(`${wallet}/wallets`),
    freeze: (currency: string, frozen: boolean) =>
      put<WalletView>(`${wallet}/wallets/${currency}/frozen`, { frozen }),
    limit: (currency: string, limits: WalletView['own_limits']) =>
      put<WalletView>(`${wallet}/wallets/${currency}/limits`, limits),
    history: (currency: string, filter: HistoryFilter) =>
      get<HistoryView>(`${wallet}/wallets/${currency}/history?${queryOf(filter)}`),
    activity: (currency: string, position: string) =>
      get<ActivityView>(`${wallet}/wallets/${currency}/history/${part(position)}`),
    months: (currency: string, from: string, to: string) =>
      get<MonthsView>(`${wallet}/wallets/${currency}/months?${queryOf({ from, to })}`),
    showCode: (secret: string) => post<CodeView>(`${wallet}/codes`, { secret }),
    renewOfflineKey: (key: string, body: { public_key: string; currency: string }) =>
      put<OfflineKeyView>(`${wallet}/offline-keys/${key}`, body),
    scan: (payload: string) => post<ScanView>(scans, { payload }),
    payScanned: (id: string, body: { payload: string; amount: string; currency: string }) =>
      put<ScanPaymentView>(`${scans}/${id}`, body),
    recipient: (userId: string) =>
      post<RecipientView>(`${wallet}/recipients/check`, { to: { user_id: userId } }),
    send: (
      id: string,
      body: {
        to: { user_id: string } | { link_secret: string }
        currency: string
        amount: string
        note?: string
      },
    ) => put<RemittanceView>(`${wallet}/remittances/${id}`, body),
    cancel: (id: string) => post<RemittanceView>(`${wallet}/remittances/${id}/cancel`, {}),
    remittance: (reference: string) =>
      get<RemittanceView>(`${wallet}/remittances/by-reference/${part(reference)}`),
    lookAtLink: (secret: string) => post<LinkView>(`${wallet}/links/look`, { link_secret: secret }),
    claimLink: (secret: string) => post<RemittanceView>(`${wallet}/links/claim`, { link_secret: secret }),
    ask: (
      id: string,
      body: { currency: string; note?: string; from: { user_id: string; amount: string }[] },
    ) => put<AskView>(`${wallet}/asks/${id}`, body),
    asked: (asker: string, id: string) => get<AskView>(`${wallet}/asks/${part(asker)}/${part(id)}`),
    payAsked: (asker: string, id: string, remittance: string) =>
      put<RemittanceView>(`${wallet}/asks/${part(asker)}/${part(id)}/payments/${remittance}`, {}),
    placeOrder: (
      id: string,
      body: { direction: 'in' | 'out'; currency: string; amount: string; bank_account: string },
    ) => put<BankOrderView>(`${wallet}/bank-orders/${id}`, body),
    orders: () => get<{ orders: BankOrderView[] }>(`${wallet}/bank-orders?limit=5`),
  }
}

async function call<Answer>(
  client: MatrixClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await sites.fetch(`${location.origin}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${client.getAccessToken() ?? ''}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const told: unknown = await answer.json().catch(() => undefined)
  if (answer.status >= 500) throw new Error('no site answers')
  if (!answer.ok) throw new WalletError(textIn(told, 'code'), textIn(told, 'error'))
  return told as Answer
}

function textIn(value: unknown, name: string): string {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof found === 'string' ? found : ''
}

function queryOf(values: Record<string, string | number | undefined>): URLSearchParams {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
}
