import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseGeo } from './geo.ts'

test('a geo URI is a place', () => {
  assert.deepEqual(parseGeo('geo:37.5665,126.978;u=35'), { latitude: 37.5665, longitude: 126.978 })
  assert.deepEqual(parseGeo('geo:-6.2,106.8'), { latitude: -6.2, longitude: 106.8 })
})

test('anything else is not', () => {
  for (const uri of [undefined, '', 'geo:', 'geo:91,0', 'geo:0,181', 'geo:1.2.3,4', 'https://x/1,2'])
    assert.equal(parseGeo(uri), undefined, String(uri))
})
