import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileEventFilter, type Filterable } from './event-filter.ts'

const event = (over: Partial<Filterable> = {}): Filterable => ({
  type: 'm.room.message',
  sender: '@ann:dure.test',
  content: {},
  ...over,
})

test('a filter without lists lets everything through', () => {
  const matcher = compileEventFilter()
  assert.ok(matcher.everything && matcher.matches(event()) && matcher.room('!a'))
})

test('an empty list of wanted types lets nothing through', () => {
  const matcher = compileEventFilter({ types: [] })
  assert.ok(matcher.nothing && !matcher.matches(event()))
})

test('an empty list of unwanted types excludes nothing', () => {
  assert.ok(compileEventFilter({ not_types: [] }).matches(event()))
})

test('what is excluded stays out even when it is included too', () => {
  assert.ok(!compileEventFilter({ types: ['m.*'], not_types: ['m.room.*'] }).matches(event()))
  const senders = ['@ann:dure.test']
  assert.ok(!compileEventFilter({ senders, not_senders: senders }).matches(event()))
  assert.ok(!compileEventFilter({ rooms: ['!a'], not_rooms: ['!a'] }).room('!a'))
})

test('an event without a sender is not among the wanted senders', () => {
  const typing = { type: 'm.typing', content: {} }
  assert.ok(!compileEventFilter({ senders: ['@ann:dure.test'] }).matches(typing))
  assert.ok(compileEventFilter({ not_senders: ['@ann:dure.test'] }).matches(typing))
})

test('contains_url looks for the key in the content', () => {
  const image = event({ content: { url: 'mxc://dure.test/a' } })
  const [only, without] = [true, false].map((contains_url) => compileEventFilter({ contains_url }))
  assert.deepEqual([only?.matches(image), only?.matches(event())], [true, false])
  assert.deepEqual([without?.matches(image), without?.matches(event())], [false, true])
})

test('a star stands for any sequence of characters, the empty one too', () => {
  const matches = (pattern: string, type: string) =>
    compileEventFilter({ types: [pattern] }).matches(event({ type }))
  assert.ok(matches('*', 'anything') && matches('m.room.*', 'm.room.') && matches('*.name', 'm.room.name'))
  assert.ok(matches('m.*.x.*', 'm.a.x.b') && matches('a*a', 'aa'))
  assert.ok(!matches('a*a', 'a') && !matches('m.room', 'm.room.name') && !matches('m?room', 'm.room'))
})

test('wildcards agree with the regular expression they stand for', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 })
  fc.assert(
    fc.property(pattern, letters, (wanted, type) => {
      const expected = new RegExp(`^${wanted.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(type)
      assert.equal(compileEventFilter({ types: [wanted] }).matches(event({ type })), expected)
    }),
    { numRuns: 2000 },
  )
})
