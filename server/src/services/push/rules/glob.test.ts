import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { containsPhrase, fold, matchWhole, matchWords } from './glob.ts'

test('a pattern without wildcards matches just itself, in any case', () => {
  const matches = matchWhole('M.Room.Message')
  assert.equal(matches(fold('m.room.message')), true)
  assert.equal(matches(fold('M.ROOM.MESSAGE')), true)
  assert.equal(matches(fold('m.room.message2')), false)
  assert.equal(matches(fold('')), false)
})

test('whole values match as the specification says of lunc?*', () => {
  const matches = matchWhole('lunc?*')
  for (const topic of ['Lunch plans', 'LUNCH', 'lunch']) assert.equal(matches(fold(topic)), true, topic)
  for (const topic of [' lunch', 'lunc', 'brunch']) assert.equal(matches(fold(topic)), false, topic)
})

test('parts of a body match as the specification says of ex*ple', () => {
  const matches = matchWords('ex*ple')
  for (const body of ['An example event.', 'exple', 'An exciting triple-whammy', '(EXAMPLE)']) {
    assert.equal(matches(fold(body)), true, body)
  }
  for (const body of ['An annexample', 'examples', 'ex', 'ple ex']) {
    assert.equal(matches(fold(body)), false, body)
  }
})

test('characters other than ASCII letters, digits and the underscore bound words', () => {
  const matches = matchWords('cake')
  for (const body of [
    'cake',
    'a cake!',
    '(cake)',
    'é cake',
    '케이크cake를',
    'cake-walk',
    '\ncake\n',
    '😀cake😀',
  ]) {
    assert.equal(matches(fold(body)), true, body)
  }
  for (const body of ['cakes', 'pancake', 'cake_', '7cake', 'cake7']) {
    assert.equal(matches(fold(body)), false, body)
  }
})

test('a later occurrence between boundaries is found behind one that is inside a word', () => {
  assert.equal(matchWords('cake')('pancake cakes cake'), true)
})

test('a pattern that begins with a mark needs no boundary before the mark', () => {
  assert.equal(matchWords('@room')('hi@room'), true)
  assert.equal(matchWords('@room')('@rooms'), false)
})

test('a star at an end reaches over whatever is there', () => {
  assert.equal(matchWords('*cake')('pancake'), true)
  assert.equal(matchWords('cake*')('cakes'), true)
  assert.equal(matchWords('*')(''), true)
  assert.equal(matchWhole('*')(''), true)
  assert.equal(matchWhole('*a*')('bbb'), false)
})

test('a question mark takes one character, also one outside the basic plane', () => {
  assert.equal(matchWhole('a?b')('a😀b'), true)
  assert.equal(matchWhole('a??b')('a😀b'), false)
  assert.equal(matchWhole('?')(''), false)
})

test('what is special in regular expressions is not special here', () => {
  assert.equal(matchWhole('a.b+(c)[d]{1}^$|\\')('a.b+(c)[d]{1}^$|\\'), true)
  assert.equal(matchWhole('a.c')('abc'), false)
  assert.equal(matchWhole('\\*')('\\anything'), true)
})

test('a phrase is found between word boundaries with none of its characters special', () => {
  assert.equal(containsPhrase('hello al!', 'Al'), true)
  assert.equal(containsPhrase('also', 'Al'), false)
  assert.equal(containsPhrase('who is a*b?', 'A*B?'), true)
  assert.equal(containsPhrase('who is axxb', 'a*b'), false)
})

test('patterns longer than a machine word match', () => {
  const long = 'abcdefghij'.repeat(13)
  assert.equal(matchWhole(`${long}?*${long}`)(`${long}-and-${long}`), true)
  assert.equal(matchWhole(`${long}?*${long}`)(`${long}${long}`), false)
  assert.equal(matchWords(`${long}*x`)(`so ${long} then x.`), true)
})

const letters = (...extra: string[]) =>
  fc.string({ unit: fc.constantFrom('a', 'b', ' ', '😀', ...extra), maxLength: 40 })

test('every pattern matches a whole text just when a search by hand says so', () => {
  fc.assert(
    fc.property(letters('*', '?', '*'), letters(), (pattern, text) => {
      assert.equal(matchWhole(pattern)(text), byHand([...pattern], [...text]))
    }),
    { numRuns: 2_000 },
  )
})

test('every pattern matches in words just when some part between boundaries matches', () => {
  const shorter = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '*', '?'), maxLength: 6 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 })
  fc.assert(
    fc.property(shorter, text, (pattern, body) => {
      assert.equal(
        matchWords(pattern)(body),
        partsBetweenBoundaries(body).some((part) => byHand([...pattern], [...part])),
      )
    }),
    { numRuns: 2_000 },
  )
})

test('hostile patterns cost time in proportion to the text', () => {
  const text = `${'a'.repeat(60_000)}b`
  const hostile = [
    '*a'.repeat(100),
    `${'a*'.repeat(100)}c`,
    `${'?*'.repeat(200)}c`,
    `${'a'.repeat(200)}*a?c`,
    `${'*'.repeat(400)}?a`,
  ]
  const startedAt = process.cpuUsage()
  for (const pattern of hostile) {
    matchWhole(pattern)(text)
    matchWords(pattern)(text)
    matchWords(pattern)(`${text}c`)
  }
  const spent = process.cpuUsage(startedAt)
  // A search that goes back after a failure would need longer than the universe has existed for the first of them.
  assert.ok(spent.user + spent.system < 2_000_000, `took ${spent.user + spent.system} microseconds`)
})

/** Row by row, by the definition: slow and plainly right. */
function byHand(pattern: string[], text: string[]): boolean {
  let row = text.reduce<boolean[]>((known) => [...known, false], [true])
  for (const step of pattern) {
    const next = [step === '*' && row[0] === true]
    text.forEach((character, at) => {
      if (step === '*') next.push(row[at + 1] === true || next[at] === true)
      else next.push(row[at] === true && (step === '?' || step === character))
    })
    row = next
  }
  return row[text.length] === true
}

function partsBetweenBoundaries(text: string): string[] {
  const isWord = (at: number) => /[a-z0-9_]/.test(text.charAt(at))
  const boundaries = Array.from({ length: text.length + 1 }, (_, at) => at).filter(
    (at) => at === 0 || at === text.length || !isWord(at - 1) || !isWord(at),
  )
  return boundaries.flatMap((from) => boundaries.filter((to) => to >= from).map((to) => text.slice(from, to)))
}
