import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { Refusal } from '../../../platform/refusal.ts'
import type { Ledger, Posted, Step } from '../../ledger/api.ts'
import type {
  Authorization,
  AuthorizeRequest,
  CaptureRequest,
  CreditRequest,
  Payment,
  PayRequest,
  ReleaseRequest,
  RequestId,
  Wallet,
} from '../api.ts'
import { scope } from '../names.ts'
import type { Purses } from '../purses/purses.ts'
import { checkAmount, keyOf, memoMetadata, referenceOf } from './check.ts'
import type { Spendings } from './spend.ts'
import { inClientWords, inWalletWords } from './translate.ts'

export type PaymentDeps = { ledger: Ledger; purses: Purses; spendings: Spendings }
export type Payments = Pick<Wallet, 'authorize' | 'capture' | 'release' | 'authorization' | 'pay' | 'credit'>

/** Every id is the ledger's too: a request that was carried out is known there for ever, whatever this service forgets. */
export function createPayments(deps: PaymentDeps): Payments {
  return {
    authorize: (request) => authorize(deps, request),
    capture: (request) => capture(deps, request),
    release: (request) => release(deps, request),
    authorization: (client, id) => readAuthorization(deps, { client, id }),
    pay: (request) => pay(deps, request),
    credit: (request) => credit(deps, request),
  }
}

async function authorize(deps: PaymentDeps, request: AuthorizeRequest): Promise<Authorization> {
  const hold = keyOf(request)
  const { payee, currency, amount, memo, expiresAtMs } = request
  await spend(deps, request, `authorize/${hold}`, (payer) => ({
    kind: 'hold',
    hold,
    payer,
    payee,
    currency,
    amount,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    metadata: memoMetadata(memo),
    ...referenceOf(memo),
  }))
  return readAuthorization(deps, request)
}

async function pay(deps: PaymentDeps, request: PayRequest): Promise<Payment> {
  const key = keyOf(request)
  const { payee, currency, amount, memo } = request
  const posted = await spend(deps, request, `pay/${key}`, (payer) => ({
    kind: 'transfer',
    payer,
    payee,
    currency,
    amount,
    metadata: memoMetadata(memo),
    ...referenceOf(memo),
  }))
  return paymentOf(request, posted)
}

/** Counts the spending, then asks the ledger. A no of the ledger takes the spending back; without an answer it stays counted. */
async function spend(
  { ledger, purses, spendings }: PaymentDeps,
  request: PayRequest,
  id: string,
  stepOf: (payer: string) => Step,
): Promise<Posted> {
  const { userId, currency, amount } = request
  checkAmount(amount)
  const payer = await purses.open(userId, currency)
  const step = stepOf(payer)
  const spending = { userId, id, digest: digestOf(step), currency, amount }
  await spendings.count(spending)
  try {
    return await inWalletWords(
      ledger,
      () => payer,
      () => ledger.post({ scope, id, steps: [step] }),
    )
  } catch (error) {
    if (error instanceof Refusal) await spendings.forget(spending)
    throw error
  }
}

function digestOf(step: Step): string {
  const written = JSON.stringify(step, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
  return hash('sha256', written, 'base64url')
}

async function capture({ ledger }: PaymentDeps, request: CaptureRequest): Promise<Payment> {
  const { client, authorization, amount, release: rest, memo } = request
  const hold = keyOf({ client, id: authorization })
  checkAmount(amount)
  if (rest !== undefined) checkAmount(rest)
  const note = { metadata: memoMetadata(memo), ...referenceOf(memo) }
  const steps: Step[] = [{ kind: 'capture', hold, amount, ...note }]
  if (rest !== undefined) steps.push({ kind: 'release', hold, amount: rest })
  return paymentOf(request, await postOnHold(ledger, hold, `capture/${keyOf(request)}`, steps))
}

async function release({ ledger }: PaymentDeps, request: ReleaseRequest): Promise<Payment> {
  const { client, authorization, amount } = request
  const hold = keyOf({ client, id: authorization })
  if (amount !== undefined) checkAmount(amount)
  const step: Step = { kind: 'release', hold, ...(amount !== undefined && { amount }) }
  return paymentOf(request, await postOnHold(ledger, hold, `release/${keyOf(request)}`, [step]))
}

function postOnHold(ledger: Ledger, hold: string, id: string, steps: Step[]): Promise<Posted> {
  const payer = async () => (await ledger.hold(scope, hold)).payer
  return inWalletWords(ledger, payer, () => ledger.post({ scope, id, steps }))
}

async function credit({ ledger, purses }: PaymentDeps, request: CreditRequest): Promise<Payment> {
  const id = `credit/${keyOf(request)}`
  const { userId, payer, currency, amount, memo } = request
  checkAmount(amount)
  const payee = await purses.open(userId, currency)
  const note = { metadata: memoMetadata({ kind: 'refund', ...memo }), ...referenceOf(memo) }
  const step: Step = { kind: 'transfer', payer, payee, currency, amount, ...note }
  return paymentOf(request, await inClientWords(() => ledger.post({ scope, id, steps: [step] })))
}

async function readAuthorization({ ledger }: PaymentDeps, request: RequestId): Promise<Authorization> {
  const { client, id } = request
  const {
    scope: _scope,
    id: _id,
    ...hold
  } = await inWalletWords(
    ledger,
    () => '',
    () => ledger.hold(scope, keyOf(request)),
  )
  return { client, id, ...hold }
}

/** Of the first step, which is the one that the request is about. */
function paymentOf({ client, id }: RequestId, { entries }: Posted): Payment {
  const [entry] = entries
  assert(entry?.payer !== undefined && entry.payee !== undefined, 'a payment has two sides')
  assert(entry.currency !== undefined && entry.amount !== undefined, 'a payment has an amount')
  const { payer, payee, currency, amount, atMs, position } = entry
  return { client, id, payer, payee, currency, amount, atMs, position }
}
