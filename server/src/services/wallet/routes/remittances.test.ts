import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testNodes } from '../../../platform/testing/app.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { giveEmail, type Person, registerPerson, request } from '../../identity/testing.ts'

const api = '/api/wallet/v1'
const secret = 'a-secret-of-forty-letters-in-a-link-0001'

async function fixture(t: TestContext) {
  const clock = createTestClock()
  const [node, other] = await testNodes(t, 2, { clock })
  assert(node && other)
  const { wallet, ledger } = node.services
  const people = await Promise.all(['ann', 'bo', 'cy'].map((name) => registerPerson(node.http, name)))
  const [ann, bo, cy] = people
  assert(ann && bo && cy)
  await ann.call('PUT', `profile/${ann.userId}/displayname`, { displayname: '홍길동' })
  await bo.call('PUT', `profile/${bo.userId}/displayname`, { displayname: 'Bo Peterson' })
  const order = { direction: 'in', amount: '100000', bank_account: '088-110-432177' }
  const placed = await ann.call('PUT', `${api}/bank-orders/1`, order)
  await wallet.bank.takeReport({ reference: placed.body.reference, outcome: 'settled' })

  return {
    clock,
    node,
    other,
    ann,
    bo,
    cy,
    wallet,
    ledger,
    send: (id: string, to: object, amount = '5000', from: Person = ann) =>
      from.call('PUT', `${api}/remittances/${id}`, { to, amount, note: 'Lunch' }),
    state: async (reference: string, who: Person = ann) =>
      (await who.call('GET', `${api}/remittances/by-reference/${reference}`)).body.state,
    async balances() {
      const shown = await Promise.all(people.map((person) => person.call('GET', `${api}/wallets/KRW`)))
      return shown.map(({ body }) => Number(body.available))
    },
    /** A request of this person at the other node. */
    elsewhere: (who: Person, method: 'PUT' | 'POST', path: string, body?: unknown) =>
      request(other.http, method, path, { token: who.token, ...(body !== undefined && { body }) }),
  }
}

test('money sent to a person arrives by itself after the cancel window, once', async (t) => {
  const { ann, bo, send, state, balances, clock, wallet, other } = await fixture(t)
  const sent = await send('1', { user_id: bo.userId })
  assert.equal(sent.status, 200, JSON.stringify(sent.body))
  assert.deepEqual([sent.body.state, sent.body.recipient_name], ['sent', 'B* P****n'])
  assert.deepEqual((await send('1', { user_id: bo.userId })).body, sent.body)
  assert.deepEqual(await balances(), [95_000, 0, 0])
  const { reference } = sent.body
  await wallet.remittances.goOn(reference)
  assert.equal(await state(reference), 'sent')
  clock.jump(30_000)
  await Promise.all([wallet.remittances.goOn(reference), other.services.wallet.remittances.goOn(reference)])
  assert.equal(await state(reference), 'claimed')
  assert.deepEqual(await balances(), [95_000, 5_000, 0])
  const late = await ann.call('POST', `${api}/remittances/1/cancel`)
  assert.deepEqual([late.status, late.body.code], [409, 'wallet.remittance_gone'])
  const { body } = await bo.call('GET', `${api}/wallets/KRW/history`)
  const [{ kind, title, person, note, amount }] = body.activities
  assert.deepEqual([kind, title, person, note, amount], ['received', '홍길동', ann.userId, 'Lunch', '5000'])
})

test('the sender cancels in time, and of cancelling and claiming at once one wins', async (t) => {
  const { ann, bo, send, balances, elsewhere } = await fixture(t)
  await send('1', { user_id: bo.userId })
  const cancelled = await ann.call('POST', `${api}/remittances/1/cancel`)
  assert.equal(cancelled.body.state, 'cancelled')
  assert.equal((await ann.call('POST', `${api}/remittances/1/cancel`)).body.state, 'cancelled')
  assert.deepEqual(await balances(), [100_000, 0, 0])

  const { body } = await send('2', { user_id: bo.userId })
  const [cancel, claim] = await Promise.all([
    ann.call('POST', `${api}/remittances/2/cancel`),
    elsewhere(bo, 'POST', `${api}/remittances/by-reference/${body.reference}/claim`),
  ])
  assert.deepEqual([cancel.status, claim.status].sort(), [200, 409])
  assert.deepEqual(await balances(), cancel.status === 200 ? [100_000, 0, 0] : [95_000, 5_000, 0])
})

test('a link is claimed once, by whoever comes first, and by nobody without the secret', async (t) => {
  const { ann, bo, cy, send, balances, elsewhere } = await fixture(t)
  const link = { link_secret: secret }
  await send('1', link)
  const looked = await cy.call('POST', `${api}/links/look`, link)
  assert.deepEqual([looked.body.sender_name, looked.body.amount], ['홍*동', '5000'])
  assert.equal((await ann.call('POST', `${api}/links/claim`, link)).body.code, 'wallet.self_payment')
  const wrong = await cy.call('POST', `${api}/links/claim`, { link_secret: secret.replace('1', '2') })
  assert.deepEqual([wrong.status, wrong.body.code], [404, 'wallet.remittance_unknown'])
  const claims = await Promise.all([
    bo.call('POST', `${api}/links/claim`, link),
    elsewhere(cy, 'POST', `${api}/links/claim`, link),
  ])
  assert.deepEqual(claims.map(({ status }) => status).sort(), [200, 409])
  const winner = claims[0]?.status === 200 ? bo : cy
  assert.equal((await winner.call('POST', `${api}/links/claim`, link)).status, 200)
  const [, bos, cys] = await balances()
  assert.deepEqual([bos, cys], winner === bo ? [5_000, 0] : [0, 5_000])
})

test('what nobody claims within a day goes back', async (t) => {
  const { bo, send, state, balances, clock, wallet, ledger } = await fixture(t)
  const { body } = await send('1', { link_secret: secret })
  clock.jump(86_400_000)
  assert.equal((await bo.call('POST', `${api}/links/claim`, { link_secret: secret })).status, 409)
  await ledger.expireHolds()
  await wallet.remittances.goOn(body.reference)
  assert.equal(await state(body.reference), 'returned')
  assert.deepEqual(await balances(), [100_000, 0, 0])
})

test('an address is paid in the same way whether anybody has it or not', async (t) => {
  const { ann, bo, cy, send, node, balances } = await fixture(t)
  await giveEmail(node.platform.db, bo.userId, 'bo@example.org')
  const shapes = []
  for (const [id, email] of [
    ['1', 'Bo@example.org'],
    ['2', 'nobody@example.org'],
  ] as const) {
    const checked = await ann.call('POST', `${api}/recipients/check`, { to: { email } })
    const { status, body } = await send(id, { email })
    shapes.push([checked.status, checked.body, status, Object.keys(body), body.state])
  }
  assert.deepEqual(shapes[0], shapes[1])
  const incoming = await bo.call('GET', `${api}/remittances`)
  assert.equal(incoming.body.remittances.length, 1)
  const { reference } = incoming.body.remittances[0]
  const claim = `${api}/remittances/by-reference/${reference}/claim`
  assert.equal((await cy.call('POST', claim)).body.code, 'wallet.remittance_unknown')
  assert.equal((await bo.call('POST', claim)).body.state, 'claimed')
  assert.deepEqual(await balances(), [90_000, 5_000, 0])
})

test('names are checked in one form, masked, and not often', async (t) => {
  const clock = createTestClock()
  const [node] = await testNodes(t, 1, { clock, environment: { DURE_RATE_LIMITS: 'on' } })
  assert(node)
  const ann = await registerPerson(node.http, 'ann')
  const check = (user_id: string) => ann.call('POST', `${api}/recipients/check`, { to: { user_id } })
  assert.deepEqual((await check(ann.userId)).body, { name: 'a*n' })
  assert.deepEqual((await check('@nobody:dure.test')).body, { name: null })
  for (let asked = 2; asked < 20; asked++) assert.equal((await check(`@${asked}:dure.test`)).status, 200)
  assert.equal((await check(ann.userId)).status, 429)
})

test('money that cannot be sent is refused for what is wrong with it', async (t) => {
  const { ann, bo, send, clock } = await fixture(t)
  const code = async (answer: Promise<{ body: { code?: string } }>) => (await answer).body.code
  assert.equal(await code(send('1', { user_id: ann.userId })), 'wallet.self_payment')
  assert.equal(await code(send('2', { user_id: '@nobody:dure.test' })), 'wallet.person_unknown')
  assert.equal(await code(send('3', { user_id: bo.userId }, '100001')), 'wallet.funds_insufficient')
  assert.equal(await code(send('3', { user_id: bo.userId }, '100001')), 'wallet.funds_insufficient')
  await send('4', { user_id: bo.userId })
  assert.equal(await code(send('4', { user_id: bo.userId }, '5001')), 'wallet.id_reused')
  assert.equal(await code(ann.call('POST', `${api}/remittances/9/cancel`)), 'wallet.remittance_unknown')
  clock.jump(30_000)
  assert.equal(await code(ann.call('POST', `${api}/remittances/4/cancel`)), 'wallet.remittance_gone')
})

test('a bill is split, each share is paid once, and one that was cancelled is open again', async (t) => {
  const { ann, bo, cy, balances, wallet, clock, elsewhere } = await fixture(t)
  const from = [
    { user_id: ann.userId, amount: '3000' },
    { user_id: cy.userId, amount: '3000' },
  ]
  const asked = await bo.call('PUT', `${api}/asks/dinner`, { from, note: 'Dinner' })
  assert.equal(asked.status, 200, JSON.stringify(asked.body))
  assert.deepEqual((await bo.call('PUT', `${api}/asks/dinner`, { from, note: 'Dinner' })).body, asked.body)
  assert.equal((await bo.call('PUT', `${api}/asks/dinner`, { from })).body.code, 'wallet.id_reused')
  assert.equal((await ann.call('GET', `${api}/asks`)).body.asks.length, 1)

  const share = `${api}/asks/${bo.userId}/dinner/payments`
  const both = await Promise.all([
    ann.call('PUT', `${share}/a`),
    elsewhere(ann, 'PUT', `${share}/b`),
    ann.call('PUT', `${share}/a`),
  ])
  const paid = new Set(both.filter(({ status }) => status === 200).map(({ body }) => body.id))
  assert.equal(paid.size, 1, 'one remittance pays the share')
  assert.deepEqual(await balances(), [97_000, 0, 0])
  const [first] = paid
  await ann.call('POST', `${api}/remittances/${first}/cancel`)
  const again = await ann.call('PUT', `${share}/c`)
  assert.equal(again.status, 200, JSON.stringify(again.body))
  clock.jump(30_000)
  await wallet.remittances.goOn(again.body.reference)
  const { body } = await bo.call('GET', `${api}/asks/${bo.userId}/dinner`)
  const states = Object.fromEntries(
    body.shares.map(({ user_id, state }: Record<string, string>) => [user_id, state]),
  )
  assert.deepEqual(states, { [ann.userId]: 'paid', [cy.userId]: 'open' })
  assert.equal((await ann.call('PUT', `${share}/d`)).body.code, 'wallet.ask_settled')
  await bo.call('DELETE', `${api}/asks/dinner`)
  assert.equal((await cy.call('PUT', `${share}/e`)).body.code, 'wallet.ask_settled')
  const outside = await cy.call('PUT', `${api}/asks/${ann.userId}/dinner/payments/f`)
  assert.equal(outside.body.code, 'wallet.ask_unknown')
})
