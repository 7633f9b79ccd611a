import assert from 'node:assert/strict'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import type { RedeemRequest } from '../../wallet/api.ts'
import type { Document, Step } from '../documents.ts'
import { client, divide, openFeeAccounts, type Purses, tillOf } from '../money/till.ts'
import { feeOf, takes } from './charge-rules.ts'
import { finishStep } from './finish-step.ts'
import type { CheckoutDeps, Reply } from './request.ts'

/**
 * Moves the money of a step that was begun, and writes what came of it. Everything is asked for under ids made of the
 * charge's, so whoever does it again - the request repeated, or the job that finds it overdue - moves nothing twice.
 */
export async function carryOutStep(deps: CheckoutDeps, intent: Document<'payment_intent'>): Promise<Reply> {
  const { step, session } = intent.body
  if (step === null) throw new Error(`${intent.id} has no step to carry out`)
  const charge = await deps.charge(intent.shop, step.charge)
  let payer: string | undefined
  const refusal = await refusalOf(async () => {
    payer = await moveMoney(deps, charge, step)
  })
  const { shop, id } = intent
  const ids = [id, charge.id, ...(session === null ? [] : [session])]
  return deps.store.apply({
    shop,
    ids,
    decide: (draft) => finishStep(deps, draft, { intentId: id, step, payer, refusal }),
  })
}

/** Gives who paid, where only the code knew. */
async function moveMoney(
  deps: CheckoutDeps,
  { shop, id: charge, body }: Document<'charge'>,
  step: Step,
): Promise<string | undefined> {
  const { purses, ledger } = tillOf(deps.tills, shop)
  const { currency, payee, title, feeBasisPoints, holdEndsAt } = body
  await deps.openAccount({ purses, ledger }, shop, currency)
  if (feeBasisPoints > 0) await openFeeAccounts({ purses, ledger }, currency)
  const id = moneyId(shop, charge)
  const memo = { title, reference: charge }
  const amount = BigInt(step.amount)
  let payer: string | undefined
  switch (step.kind) {
    case 'charge': {
      const payment = { client, id, userId: step.payer, payee, currency, amount, memo }
      if (step.code !== undefined) payer = await redeem(purses, payment, step.code)
      else if (holdEndsAt === null) await purses.pay(payment)
      else await purses.authorize({ ...payment, expiresAtMs: holdEndsAt * 1000 })
      break
    }
    case 'capture': {
      const rest = BigInt(body.amount) - amount
      const release = rest > 0n ? { release: rest } : {}
      await purses.capture({ client, id: `${id}/capture`, authorization: id, amount, ...release, memo })
      break
    }
    case 'release':
      await purses.release({ client, id: `${id}/release`, authorization: id })
  }
  if (takes(step, body) && feeBasisPoints > 0) {
    const fee = feeOf(step.amount, feeBasisPoints)
    await divide({ purses, ledger }, { id: `${id}/divide`, shop, currency, amount: step.amount, fee })
  }
  return payer
}

async function redeem(purses: Purses, request: Omit<RedeemRequest, 'code'>, code: string): Promise<string> {
  assert(purses.redeem, 'one-time codes are refused on the test side')
  const { client: asking, id, payee, currency, amount, memo } = request
  return (await purses.redeem({ client: asking, id, payee, currency, amount, memo, code })).userId
}

export function moneyId(shop: string, id: string): string {
  return `${shop}/${id}`
}

/** What was refused; an outage, or books that are stopped, leave the step as it is, to be carried on later. */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.status >= 500) throw new Outage('the books are stopped', { cause: error, retryAfterSeconds: 5 })
    return error
  }
}
