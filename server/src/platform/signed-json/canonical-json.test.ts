import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../json.ts'
import {
  CanonicalJsonError,
  canonicalJson,
  canonicalJsonWithout,
  lenientCanonicalJsonWithout,
  maxCanonicalDepth,
} from './canonical-json.ts'

/** The examples of https://spec.matrix.org/v1.19/appendices/#examples */
const specificationExamples: [string, string][] = [
  ['{}', '{}'],
  ['{ "one": 1, "two": "Two" }', '{"one":1,"two":"Two"}'],
  ['{ "b": "2", "a": "1" }', '{"a":"1","b":"2"}'],
  ['{"b":"2","a":"1"}', '{"a":"1","b":"2"}'],
  [
    `{ "auth": { "success": true, "mxid": "@john.doe:example.com", "profile": { "display_name": "John Doe",
       "three_pids": [ { "medium": "email", "address": "john.doe@example.org" },
                       { "medium": "msisdn", "address": "123456789" } ] } } }`,
    '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
  ],
  ['{ "a": "日本語" }', '{"a":"日本語"}'],
  ['{ "本": 2, "日": 1 }', '{"日":1,"本":2}'],
  ['{ "a": "\\u65E5" }', '{"a":"日"}'],
  ['{ "a": null }', '{"a":null}'],
  ['{ "a": -0, "b": 1e10 }', '{"a":0,"b":10000000000}'],
]

for (const [input, expected] of specificationExamples) {
  test(`the specification's example becomes ${expected}`, () => {
    assert.equal(canonicalJson(JSON.parse(input)), expected)
  })
}

test('keys sort by code point, also where UTF-16 order differs', () => {
  const object = { '\u{1f600}': 1, '\uffff': 2, z: 3, '10': 4, '9': 5, '': 6, 日: 7, 日a: 8 }
  assert.equal(canonicalJson(object), '{"":6,"10":4,"9":5,"z":3,"日":7,"日a":8,"\uffff":2,"\u{1f600}":1}')
})

test('escapes are the short ones where they exist and lower-case \\u00xx elsewhere', () => {
  assert.equal(
    canonicalJson('\b\t\n\f\r"\\/\u0000\u000b\u001f\u007f\u2028'),
    String.raw`"\b\t\n\f\r\"\\/\u0000\u000b\u001f${'\u007f\u2028'}"`,
  )
  assert.equal(canonicalJson({ 'a"\n': 1 }), String.raw`{"a\"\n":1}`)
})

test('the integers at both ends of the range are written in full', () => {
  assert.equal(canonicalJson([9007199254740991, -9007199254740991]), '[9007199254740991,-9007199254740991]')
})

const refused: [string, unknown, RegExp][] = [
  ['a float', 1.5, /1\.5 is not an integer/],
  ['an integer above 2^53-1', 9007199254740992, /outside/],
  ['an integer below -(2^53-1)', -9007199254740992, /outside/],
  ['NaN', Number.NaN, /NaN is not a JSON number/],
  ['Infinity', Number.POSITIVE_INFINITY, /Infinity is not a JSON number/],
  ['undefined', undefined, /undefined is not a JSON value/],
  ['a bigint', 1n, /bigint is not a JSON value/],
  ['a function', () => 1, /function is not a JSON value/],
  ['an unpaired surrogate', 'a\ud800', /unpaired surrogate/],
  ['an unpaired surrogate in a long string', `${'a'.repeat(100)}\udc00`, /unpaired surrogate/],
]

for (const [what, value, message] of refused) {
  test(`${what} is refused wherever it stands`, () => {
    for (const holder of [value, [value], { a: { b: value } }]) {
      assert.throws(() => canonicalJson(holder as JsonValue), { name: 'CanonicalJsonError', message })
    }
  })
}

test('an unpaired surrogate in a key is refused', () => {
  assert.throws(() => canonicalJson({ '\ud800': 1 }), CanonicalJsonError)
})

test('nesting is limited by a clear error, not by the stack', () => {
  const nested = (depth: number): JsonValue => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  assert.equal(canonicalJson(nested(maxCanonicalDepth)), JSON.stringify(nested(maxCanonicalDepth)))
  assert.throws(() => canonicalJson(nested(maxCanonicalDepth + 1)), CanonicalJsonError)
  assert.throws(() => canonicalJson(nested(100_000)), CanonicalJsonError)
})

test('keys named like inherited properties are ordinary keys', () => {
  const text = '{"__proto__":{"a":1},"constructor":2,"toString":3}'
  assert.equal(canonicalJson(JSON.parse(text)), text)
})

test('omitted keys are left out at the top level only', () => {
  const object = { a: { signatures: 1 }, signatures: 2, unsigned: 1.5 }
  assert.equal(canonicalJsonWithout(object, ['signatures', 'unsigned']), '{"a":{"signatures":1}}')
  assert.equal(canonicalJsonWithout({ unsigned: 1 }, ['unsigned']), '{}')
})

test('the lenient form writes floats and large integers but still no NaN', () => {
  assert.equal(
    lenientCanonicalJsonWithout({ b: 50.57, a: 2 ** 60 }, []),
    '{"a":1152921504606846976,"b":50.57}',
  )
  assert.throws(() => lenientCanonicalJsonWithout({ a: Number.NaN }, []), CanonicalJsonError)
})

const anyText = fc.string({ unit: 'binary', maxLength: 80 })
const canonicalValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    anyText,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 8, noNullPrototype: true }),
  ),
})).value

test('the result is JSON of the same value', () => {
  fc.assert(
    fc.property(canonicalValue, (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('the order in which keys were written does not matter', () => {
  fc.assert(
    fc.property(canonicalValue, (value) => {
      assert.equal(canonicalJson(withKeysReversed(value)), canonicalJson(value))
    }),
  )
})

test('encoding what was decoded changes nothing', () => {
  fc.assert(
    fc.property(canonicalValue, (value) => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(JSON.parse(text)), text)
    }),
  )
})

test('keys are in the order of their UTF-8 bytes, which is code point order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyText, { maxLength: 12 }), (keys) => {
      // Each key tells its own place, since JSON.parse moves integer-like keys to the front.
      const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, key])))
      const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.equal(
        text,
        `{${expected.map((key) => `${JSON.stringify(key)}:${JSON.stringify(key)}`).join(',')}}`,
      )
    }),
  )
})

test('any string either survives a trip through UTF-8 or is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 90 }), (units) => {
      const text = String.fromCharCode(...units)
      if (!text.isWellFormed()) {
        assert.throws(() => canonicalJson(text), CanonicalJsonError)
        return
      }
      assert.equal(JSON.parse(Buffer.from(canonicalJson(text), 'utf8').toString('utf8')), text)
    }),
  )
})

function withKeysReversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withKeysReversed)
  if (typeof value !== 'object' || value === null) return value
  const reversed: JsonObject = {}
  for (const key of Object.keys(value).reverse()) {
    const item = withKeysReversed(value[key] ?? null)
    Object.defineProperty(reversed, key, {
      value: item,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return reversed
}
