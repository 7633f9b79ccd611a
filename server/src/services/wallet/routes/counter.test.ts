import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson } from '../../identity/testing.ts'

const api = '/api/wallet/v1'

test('a code that one person shows pays into the wallet of the person who keeps the till', async (t) => {
  const { http, services } = await testApp(t)
  const ann = await registerPerson(http, 'ann')
  const stall = await registerPerson(http, 'stall')
  const order = { direction: 'in', amount: '5000', bank_account: '088-110-432177' }
  const placed = await ann.call('PUT', `${api}/bank-orders/1`, order)
  await services.wallet.bank.takeReport({ reference: placed.body.reference, outcome: 'settled' })

  const shown = await ann.call('POST', `${api}/codes`, { secret: '00112233445566778899aabbccddeeff' })
  assert.equal(shown.status, 200, JSON.stringify(shown.body))
  const sale = { code: shown.body.payload, amount: '1500', note: 'Two fish cakes' }
  const paid = await stall.call('PUT', `${api}/redemptions/1`, sale)
  assert.equal(paid.status, 200, JSON.stringify(paid.body))
  assert.deepEqual((await stall.call('PUT', `${api}/redemptions/1`, sale)).body, paid.body)
  assert.equal((await stall.call('PUT', `${api}/redemptions/2`, sale)).body.code, 'wallet.code_used')
  assert.equal((await ann.call('GET', `${api}/wallets/KRW`)).body.balance, '3500')
  assert.equal((await stall.call('GET', `${api}/wallets/KRW`)).body.balance, '1500')
  const { body } = await ann.call('GET', `${api}/wallets/KRW/history?kind=payment`)
  assert.deepEqual([body.activities[0].title, body.activities[0].note], ['stall', 'Two fish cakes'])
})
