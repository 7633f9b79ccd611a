import type { JsonObject } from '../../../platform/json.ts'
import { canonicalJson } from '../../../platform/signed-json/canonical-json.ts'
import type { Step } from '../api.ts'
import { refuse } from '../refusals.ts'
import { amountLimit, type CheckedRequest, metadataText } from './check-request.ts'
import type { AccountState, Draft, EntryRow, HoldState } from './draft.ts'

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>

/** Carries out all steps of a request on the draft, in their order. Throws the first refusal. */
export function applyRequest(draft: Draft, request: CheckedRequest): void {
  for (const [index, step] of request.steps.entries()) {
    const fields = applyStep(draft, request, step)
    const note = noteOf(step)
    draft.entries.push({
      ...nothingElse,
      position: index,
      scope: request.scope,
      id: request.id,
      step: index,
      steps: request.steps.length,
      kind: step.kind,
      requestDigest: request.digest,
      ...note,
      ...fields,
    })
  }
}

const nothingElse = {
  account: null,
  payer: null,
  payee: null,
  currency: null,
  amount: null,
  hold: null,
  detail: null,
}

type Fields = Partial<EntryRow> & { atMs: number }

function applyStep(draft: Draft, { scope }: CheckedRequest, step: Step): Fields {
  switch (step.kind) {
    case 'open':
      return open(draft, step)
    case 'freeze':
      return freeze(draft, step)
    case 'floor':
      return changeFloor(draft, step)
    case 'close':
      return close(draft, step)
    case 'transfer':
      return transfer(draft, step)
    case 'hold':
      return placeHold(draft, scope, step)
    case 'capture':
      return capture(draft, scope, step)
    case 'release':
      return release(draft, scope, step)
  }
}

function noteOf(step: Step): Pick<EntryRow, 'reference' | 'metadata'> {
  if (!('reference' in step || 'metadata' in step)) return { reference: null, metadata: null }
  const { reference = null, metadata } = step
  return { reference, metadata: metadata === undefined ? null : metadataText(metadata) }
}

function open(draft: Draft, step: StepOf<'open'>): Fields {
  const { account: id, accountKind: kind, currency, owner, floor } = step
  if (draft.account(id)) throw refuse('ledger.account_exists')
  if (floor !== null && floor > 0n) throw refuse('ledger.floor_too_high')
  const atMs = draft.nowMs
  const empty = { balance: 0n, held: 0n, frozen: 'no', closed: false } as const
  draft.put({ id, kind, currency, owner, floor, ...empty, openedAtMs: atMs, movedAtMs: atMs, isNew: true })
  const detail = canonicalJson({ kind, owner, floor: floor === null ? null : floor.toString() })
  return { atMs, account: id, currency, detail }
}

function freeze(draft: Draft, { account: id, frozen }: StepOf<'freeze'>): Fields {
  return changeAccount(draft, id, { frozen }, { frozen })
}

function changeFloor(draft: Draft, { account: id, floor }: StepOf<'floor'>): Fields {
  const { balance, held } = openAccount(draft, id)
  if (floor !== null && balance - held < floor) throw refuse('ledger.floor_too_high')
  return changeAccount(draft, id, { floor }, { floor: floor === null ? null : floor.toString() })
}

function close(draft: Draft, { account: id }: StepOf<'close'>): Fields {
  const { balance, held } = openAccount(draft, id)
  if (balance !== 0n || held !== 0n) throw refuse('ledger.account_in_use')
  return changeAccount(draft, id, { closed: true }, { closed: true })
}

function changeAccount(draft: Draft, id: string, change: Partial<AccountState>, detail: JsonObject): Fields {
  const account = openAccount(draft, id)
  const atMs = Math.max(draft.nowMs, account.movedAtMs)
  draft.put({ ...account, ...change, movedAtMs: atMs })
  return { atMs, account: id, detail: canonicalJson(detail) }
}

function transfer(draft: Draft, step: StepOf<'transfer'>): Fields {
  const payer = payerOf(draft, step)
  const payee = payeeOf(draft, step)
  requireFunds(payer, step.amount)
  const atMs = move(draft, payer, payee, step.amount)
  return { atMs, payer: payer.id, payee: payee.id, currency: step.currency, amount: step.amount }
}

function placeHold(draft: Draft, scope: string, step: StepOf<'hold'>): Fields {
  const { hold: id, currency, amount, expiresAtMs = null } = step
  if (draft.hold(scope, id)) throw refuse('ledger.hold_exists')
  const payer = payerOf(draft, step)
  const payee = payeeOf(draft, step)
  requireFunds(payer, amount)
  const held = withinLimit(payer.held + amount)
  const atMs = Math.max(draft.nowMs, payer.movedAtMs)
  if (expiresAtMs !== null && expiresAtMs <= atMs) throw refuse('ledger.hold_expired')
  draft.put({ ...payer, held, movedAtMs: atMs })
  const parties = { payer: payer.id, payee: payee.id, currency, amount }
  const nothing = { captured: 0n, released: 0n }
  draft.putHold({ scope, id, ...parties, ...nothing, placedAtMs: atMs, expiresAtMs, isNew: true })
  return { atMs, hold: id, ...parties, detail: expiresAtMs === null ? null : canonicalJson({ expiresAtMs }) }
}

function capture(draft: Draft, scope: string, step: StepOf<'capture'>): Fields {
  const { hold, amount } = partOf(draft, scope, step)
  const { id, currency } = hold
  const payer = payerOf(draft, hold)
  const payee = payeeOf(draft, hold)
  if (hold.expiresAtMs !== null && Math.max(draft.nowMs, payer.movedAtMs) >= hold.expiresAtMs)
    throw refuse('ledger.hold_expired')
  // The money was set aside when the hold was placed, so the floor cannot be in the way.
  const atMs = move(draft, { ...payer, held: payer.held - amount }, payee, amount)
  draft.putHold({ ...hold, captured: hold.captured + amount })
  return { atMs, hold: id, payer: payer.id, payee: payee.id, currency, amount }
}

/** Giving back goes through whatever has happened to the accounts: an open hold keeps its payer open. */
function release(draft: Draft, scope: string, step: StepOf<'release'>): Fields {
  const { hold, amount } = partOf(draft, scope, step)
  const { id, currency } = hold
  const payer = openAccount(draft, hold.payer)
  const atMs = Math.max(draft.nowMs, payer.movedAtMs)
  draft.put({ ...payer, held: payer.held - amount, movedAtMs: atMs })
  draft.putHold({ ...hold, released: hold.released + amount })
  return { atMs, hold: id, payer: hold.payer, payee: hold.payee, currency, amount }
}

/** The hold and how much of it this step is about: what was asked for, else all that is open. */
function partOf(
  draft: Draft,
  scope: string,
  step: StepOf<'capture' | 'release'>,
): { hold: HoldState; amount: bigint } {
  const hold = draft.hold(scope, step.hold)
  if (!hold) throw refuse('ledger.hold_unknown')
  const left = hold.amount - hold.captured - hold.released
  const amount = step.amount ?? left
  if (amount > left || left === 0n) throw refuse('ledger.hold_exceeded')
  return { hold, amount }
}

function openAccount(draft: Draft, id: string): AccountState {
  const account = draft.account(id)
  if (!account) throw refuse('ledger.account_unknown')
  if (account.closed) throw refuse('ledger.account_closed')
  return account
}

function payerOf(draft: Draft, { payer: id, currency }: { payer: string; currency: string }): AccountState {
  const payer = openAccount(draft, id)
  if (payer.currency !== currency) throw refuse('ledger.currency_mismatch')
  if (payer.frozen !== 'no') throw refuse('ledger.account_frozen')
  return payer
}

function payeeOf(draft: Draft, { payee: id, currency }: { payee: string; currency: string }): AccountState {
  const payee = openAccount(draft, id)
  if (payee.currency !== currency) throw refuse('ledger.currency_mismatch')
  if (payee.frozen === 'all') throw refuse('ledger.account_frozen')
  return payee
}

function requireFunds({ balance, held, floor }: AccountState, amount: bigint): void {
  if (floor !== null && balance - held - amount < floor) throw refuse('ledger.funds_insufficient')
}

function move(draft: Draft, payer: AccountState, payee: AccountState, amount: bigint): number {
  const atMs = Math.max(draft.nowMs, payer.movedAtMs, payee.movedAtMs)
  const paid = { ...payer, balance: withinLimit(payer.balance - amount), movedAtMs: atMs }
  const received = { ...payee, balance: withinLimit(payee.balance + amount), movedAtMs: atMs }
  draft.put(paid)
  draft.put(received)
  const position = draft.entries.length
  draft.postings.push(
    { account: paid.id, atMs, position, amount: -amount, balance: paid.balance },
    { account: received.id, atMs, position, amount, balance: received.balance },
  )
  return atMs
}

function withinLimit(value: bigint): bigint {
  if (value >= amountLimit || value <= -amountLimit) throw refuse('ledger.amount_too_large')
  return value
}
