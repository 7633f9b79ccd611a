import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonError, parseStrictJson } from './strict-json.ts'

const parse = (text: string) => parseStrictJson(Buffer.from(text))
const problemOf = (text: string | Uint8Array) => {
  try {
    parseStrictJson(typeof text === 'string' ? Buffer.from(text) : text)
  } catch (error) {
    assert(error instanceof JsonError)
    return error.problem
  }
  return undefined
}

test('every JSON value survives', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      assert.deepEqual(parse(text), JSON.parse(text))
    }),
  )
})

test('a key that appears twice in one object is refused, however it is written', () => {
  assert.equal(problemOf('{"a":1,"a":2}'), 'bad_json')
  assert.equal(problemOf('{"a":1,"\\u0061":2}'), 'bad_json')
  assert.equal(problemOf('[{"x":{"b":[],"b":{}}}]'), 'bad_json')
})

test('the same key in different objects, or as a value, is fine', () => {
  assert.deepEqual(parse('{"a":{"a":"a"},"b":["a","a",{"a":1}],"c\\"":"{\\"c\\":"}'), {
    a: { a: 'a' },
    b: ['a', 'a', { a: 1 }],
    'c"': '{"c":',
  })
})

test('nesting is bounded at 100 levels', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  assert.equal(problemOf(nested(100)), undefined)
  assert.equal(problemOf(nested(101)), 'bad_json')
  assert.equal(problemOf(`${'{"a":'.repeat(101)}1${'}'.repeat(101)}`), 'bad_json')
  assert.equal(problemOf(nested(500_000)), 'bad_json')
})

test('invalid UTF-8, half surrogates and text that is not JSON are told apart', () => {
  assert.equal(problemOf(Uint8Array.of(0x22, 0xff, 0x22)), 'not_json')
  assert.equal(problemOf('{"a":}'), 'not_json')
  assert.equal(problemOf(''), 'not_json')
  assert.equal(problemOf('"\\ud800"'), 'bad_json')
  assert.equal(problemOf('{"\\udc00":1}'), 'bad_json')
  assert.equal(problemOf('"\\ud83d\\ude00"'), undefined)
})

test('a key named __proto__ is an ordinary key', () => {
  const value = parse('{"__proto__":{"admin":true}}') as Record<string, unknown>
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
  assert.deepEqual(Object.keys(value), ['__proto__'])
})
