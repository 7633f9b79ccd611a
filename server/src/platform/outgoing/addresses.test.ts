import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressRules } from './addresses.ts'

const outOfBounds = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
  ...[
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
  ],
  ...['198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.1.2.3', '240.0.0.1'],
  ...['255.255.255.255', '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:7f00:1'],
  ...['64:ff9b::7f00:1', '64:ff9b:1::a00:1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1'],
  ...[
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2606:4700::1%eth0',
  ],
  ...['localhost', '', '127.1', '8.8.8'],
]
const inBounds = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.0.1',
  '172.32.0.1',
  '223.255.255.1',
]

test('only addresses that all of the Internet reaches are allowed', () => {
  const { allows } = addressRules([])

  for (const address of outOfBounds) assert.equal(allows(address), false, address)
  for (const address of [...inBounds, '2606:4700::1111', '2a00:1450::1', '2001:4860::8888'])
    assert.equal(allows(address), true, address)
})

test('networks that the operator names are allowed, and nothing beside them', () => {
  const { allows, isNamed } = addressRules(['10.1.0.0/16', '192.168.7.7', 'fd00:1::/32', '64:ff9b::/96'])

  for (const address of ['10.1.2.3', '192.168.7.7', 'fd00:1::5', '64:ff9b::808:808']) {
    assert.ok(allows(address), address)
    assert.ok(isNamed(address), address)
  }
  for (const address of ['10.2.0.1', '192.168.7.8', 'fd00:2::5', '127.0.0.1', 'fd00:1::5%eth0'])
    assert.equal(allows(address), false, address)
  assert.equal(isNamed('8.8.8.8'), false)
})

test('what is no network is refused by its name', () => {
  for (const network of ['10.1.0.0/33', '10.1/16', 'intranet', '', 'fd00::/129', '10.0.0.0/-1'])
    assert.throws(() => addressRules([network]), /is not a network such as/)
})
