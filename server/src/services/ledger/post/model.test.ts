import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../../platform/refusal.ts'
import type { Entry, Step } from '../api.ts'
import { holdStep, type LedgerFixture, ledgerFixture, request, transferStep } from '../testing.ts'

const people = ['alice', 'bob', 'carol']
const money = 100n

/** The books as simply as they can be told: every request on a copy, which counts only when all its steps went through. */
class Model {
  balances = new Map([...people.map((id) => [id, money] as const), ['mint KRW', -money * 3n]])
  holds = new Map<string, { payer: string; payee: string; left: bigint }>()
  frozen = new Set<string>()

  /** The code of the first refusal, or undefined. */
  apply(steps: readonly Step[]): string | undefined {
    const next = Object.assign(new Model(), structuredClone({ ...this }))
    for (const step of steps) {
      const code = next.#step(step)
      if (code !== undefined) return code
    }
    Object.assign(this, next)
    return undefined
  }

  available(id: string): bigint {
    const held = [...this.holds.values()]
      .filter(({ payer }) => payer === id)
      .reduce((sum, { left }) => sum + left, 0n)
    return (this.balances.get(id) ?? 0n) - held
  }

  #move(payer: string, payee: string, amount: bigint): void {
    this.balances.set(payer, (this.balances.get(payer) ?? 0n) - amount)
    this.balances.set(payee, (this.balances.get(payee) ?? 0n) + amount)
  }

  #step(step: Step): string | undefined {
    if (step.kind === 'freeze') {
      if (step.frozen === 'no') this.frozen.delete(step.account)
      else this.frozen.add(step.account)
      return undefined
    }
    if (step.kind === 'transfer' || step.kind === 'hold') {
      if (step.kind === 'hold' && this.holds.has(step.hold)) return 'ledger.hold_exists'
      if (this.frozen.has(step.payer)) return 'ledger.account_frozen'
      if (this.available(step.payer) < step.amount) return 'ledger.funds_insufficient'
      if (step.kind === 'transfer') this.#move(step.payer, step.payee, step.amount)
      else this.holds.set(step.hold, { payer: step.payer, payee: step.payee, left: step.amount })
      return undefined
    }
    assert(step.kind === 'capture' || step.kind === 'release')
    const hold = this.holds.get(step.hold)
    if (!hold) return 'ledger.hold_unknown'
    const amount = step.amount ?? hold.left
    if (amount > hold.left || hold.left === 0n) return 'ledger.hold_exceeded'
    if (step.kind === 'capture' && this.frozen.has(hold.payer)) return 'ledger.account_frozen'
    hold.left -= amount
    if (step.kind === 'capture') this.#move(hold.payer, hold.payee, amount)
    return undefined
  }
}

const amount = fc.bigInt(1n, 80n)
const pair = fc.shuffledSubarray(people, { minLength: 2, maxLength: 2 })
const hold = fc.constantFrom('h1', 'h2', 'h3')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(pair, amount).map(([[payer = '', payee = ''], sum]) => transferStep(payer, payee, sum)),
  fc.tuple(hold, pair, amount).map(([id, [payer = '', payee = ''], sum]) => holdStep(id, payer, payee, sum)),
  fc
    .record({
      kind: fc.constantFrom('capture' as const, 'release' as const),
      hold,
      amount: fc.option(amount),
    })
    .map(({ amount: part, ...rest }) => (part === null ? rest : { ...rest, amount: part })),
  fc
    .record({
      account: fc.constantFrom(...people),
      frozen: fc.constantFrom('no' as const, 'outgoing' as const),
    })
    .map((change) => ({ kind: 'freeze' as const, ...change })),
)
const steps = fc.array(step, { minLength: 1, maxLength: 3 })

async function open({ account }: LedgerFixture): Promise<void> {
  for (const id of people) await account(id, money)
}

async function sameAs(model: Model, { ledger, balance }: LedgerFixture): Promise<void> {
  for (const id of people) {
    assert.equal(await balance(id), model.balances.get(id), id)
    const { held } = await ledger.account(id)
    assert.equal((await balance(id)) - held, model.available(id), id)
  }
  assert.deepEqual((await ledger.verify()).findings, [])
}

const outcomeOf = (error: unknown) => {
  if (error instanceof Refusal) return error.code
  throw error
}

test('one after the other, at either node, every request ends as in a simple model', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(steps, fc.boolean()), { minLength: 20, maxLength: 30 }),
      async (requests) => {
        const fixture = await ledgerFixture(t)
        await open(fixture)
        const model = new Model()
        for (const [index, [wanted, here]] of requests.entries()) {
          const node = here ? fixture.ledger : fixture.other
          const outcome = await node.post(request(`r${index}`, ...wanted)).then(() => undefined, outcomeOf)
          assert.equal(outcome, model.apply(wanted))
        }
        await sameAs(model, fixture)
      },
    ),
    { numRuns: 6 },
  )
})

test('many at once, at two nodes: what was carried out is what the model does in the order of the journal', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 40, maxLength: 80 }), async (requests) => {
      const fixture = await ledgerFixture(t)
      await open(fixture)
      const answers = await Promise.all(
        requests.map(async (wanted, index) => {
          // Waiting for some turns spreads the requests over many batches of either node.
          for (let turn = 0; turn < index; turn++) await new Promise(setImmediate)
          const node = index % 2 === 0 ? fixture.ledger : fixture.other
          return node.post(request(`r${index}`, ...wanted)).then(
            ({ entries }): { entries: readonly Entry[]; wanted: Step[] } => ({ entries, wanted }),
            (error: unknown) => ({ entries: [], wanted: [], code: outcomeOf(error) }),
          )
        }),
      )
      const model = new Model()
      const carriedOut = answers
        .filter(({ entries }) => entries.length > 0)
        .sort((a, b) => (a.entries[0]?.position ?? 0) - (b.entries[0]?.position ?? 0))
      for (const { wanted } of carriedOut) assert.equal(model.apply(wanted), undefined)
      await sameAs(model, fixture)
    }),
    { numRuns: 4 },
  )
})
