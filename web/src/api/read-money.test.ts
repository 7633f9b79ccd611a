import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMoney } from './read-money.ts'

test('a message of money is understood when all that it points with is there', () => {
  const sent = { kind: 'sent', reference: 'ab', currency: 'KRW', amount: '5000' }
  assert.deepEqual(readMoney({ 'org.dure.money': sent }), sent)
  const asked = { kind: 'asked', asker: '@a:b', id: '1', currency: 'KRW', total: '5000' }
  assert.deepEqual(readMoney({ 'org.dure.money': asked }), asked)
  for (const wrong of [
    undefined,
    null,
    'sent',
    { ...sent, kind: 'stolen' },
    { ...sent, currency: 'won' },
    { ...sent, amount: 5000 },
    { ...asked, id: undefined },
  ])
    assert.equal(readMoney({ 'org.dure.money': wrong }), undefined)
})
