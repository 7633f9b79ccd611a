import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { createHttpClient, type HttpClient } from '../../test/support/http-client.ts'
import { startNode } from '../../test/support/node-process.ts'
import { type Person, roomOf } from '../../test/support/person.ts'
import { type BenchDatabase, openBenchDatabase } from '../database.ts'
import { registerPeople } from '../rooms/bench-site.ts'
import { percentile, table } from '../statistics.ts'
import { commonWord, fillRooms, indexRooms } from './fill.ts'
import { createVocabulary, languages, type Vocabulary, wordsSaid } from './vocabulary.ts'

const usage = `options of "search":
  --messages N  in the rooms of the person who searches (default 1000000)
  --rooms N     among which they are spread (default 1000)
  --rounds N    questions of each kind (default 50)`

/**
 * Searches of somebody who is in many rooms, over HTTP, each question with words of its own where there are enough of them. Node,
 * PostgreSQL and whoever asks on one machine.
 */
export async function benchSearch(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      messages: { type: 'string', default: '1000000' },
      rooms: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '50' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return print(usage)
  const [messages, rooms, rounds] = [Number(values.messages), Number(values.rooms), Number(values.rounds)]
  await using database = await openBenchDatabase()
  const random = createTestRandom(1)
  const { people, roomIds } = await withNode(database, (http) => meet(http, rooms))
  const vocabularies = languages.map((language) => createVocabulary(language, random))
  const startedAt = performance.now()
  await fillRooms(database.db, { roomIds, people, vocabularies, messages }, random)
  const filled = (performance.now() - startedAt) / 1000
  const indexed = await indexRooms(database)
  print(
    `\n${messages} messages in ${rooms} rooms: written in ${filled.toFixed(0)} s, indexed in ${indexed.toFixed(0)} s`,
  )
  const [searcher] = people
  assert(searcher)
  await withNode(database, async (http) => {
    const ask = questioner(http, searcher)
    const first = await ask({ search_term: 'anything' })
    print(`very first search of the node: ${first.ms.toFixed(0)} ms`)
    await measure(ask, { kinds: kindsOf(vocabularies, messages), largest: roomIds[0] ?? '', rounds })
  })
}

async function withNode<Result>(
  { url }: BenchDatabase,
  work: (http: HttpClient) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-bench-'))
  const node = await startNode({ DURE_DATA: folder, DURE_DATABASE_URL: url })
  const http = createHttpClient(node.url)
  try {
    return await work(http)
  } finally {
    http.close()
    await node.end()
    await rm(folder, { recursive: true, force: true })
  }
}

async function meet(http: HttpClient, rooms: number): Promise<{ people: Person[]; roomIds: string[] }> {
  const people = await registerPeople(http, 0, 4)
  const roomIds: string[] = []
  while (roomIds.length < rooms) {
    const batch = Array.from({ length: Math.min(10, rooms - roomIds.length) }, () => roomOf(http, people))
    roomIds.push(...(await Promise.all(batch)))
  }
  return { people, roomIds }
}

type Kind = { what: string; terms: string[] }

function kindsOf(vocabularies: readonly Vocabulary[], messages: number): Kind[] {
  const [english, korean, indonesian, vietnamese] = vocabularies
  assert(english && korean && indonesian && vietnamese)
  const kind = (what: string, vocabulary: Vocabulary, times: number): Kind => ({
    what,
    terms: wordsSaid(vocabulary, times, 20),
  })
  const pairs = (what: string, times: number): Kind => ({
    what,
    terms: wordsSaid(english, times, 20).map((word, n) => `${word} ${wordsSaid(english, times, 40)[n + 20]}`),
  })
  return [
    kind('a word said 10 times', english, 10),
    kind('1 in 1,000 messages', english, messages / 1000),
    kind('1 in 100 messages', english, messages / 100),
    pairs('two words, each 1 in 1,000', messages / 1000),
    pairs('two words, each 1 in 100', messages / 100),
    kind('Korean, 10 times', korean, 10),
    kind('Korean, 1 in 1,000', korean, messages / 1000),
    kind('Indonesian, 10 times', indonesian, 10),
    kind('Indonesian, 1 in 1,000', indonesian, messages / 1000),
    kind('Vietnamese, 100 times', vietnamese, 100),
    kind('Vietnamese, 1 in 1,000', vietnamese, messages / 1000),
    { what: 'three letters', terms: ['wok', 'zen', 'sky', 'fig', 'jam', 'ale', 'ham', 'rye', 'tub', 'gin'] },
    { what: 'two letters', terms: ['ok', 'an', 'ta', 'ng', 'it', 'me'] },
    { what: 'in no message', terms: ['zyzzyva', 'xylograf', 'qwertzuiop'] },
    { what: 'in every message', terms: [commonWord] },
  ]
}

type Asked = { ms: number; found: number; count: number }
type Ask = (criteria: object) => Promise<Asked>

function questioner(http: HttpClient, { token }: Person): Ask {
  return async (criteria) => {
    const startedAt = performance.now()
    const body = { search_categories: { room_events: criteria } }
    const answer = await http.send('POST', '/_matrix/client/v3/search', { token, body })
    const ms = performance.now() - startedAt
    assert.equal(answer.status, 200, answer.text)
    const { results, count } = answer.json<{
      search_categories: { room_events: { results: object[]; count: number } }
    }>().search_categories.room_events
    return { ms, found: results.length, count }
  }
}

async function measure(
  ask: Ask,
  { kinds, largest, rounds }: { kinds: readonly Kind[]; largest: string; rounds: number },
): Promise<void> {
  const orders = ['recent', 'rank'] as const
  const places = { 'all rooms': {}, 'one room': { rooms: [largest] } }
  const rows: (string | number)[][] = [
    ['question', 'where', 'count', 'newest: p50 ms', 'p99 ms', 'best: p50 ms', 'p99 ms'],
  ]
  const all: number[] = []
  for (const { what, terms } of kinds) {
    for (const [where, filter] of Object.entries(places)) {
      const row: (string | number)[] = []
      let counted = 0
      for (const order of orders) {
        const times: number[] = []
        for (let n = 0; n < rounds; n++) {
          const asked = await ask({ search_term: terms[n % terms.length], order_by: order, filter })
          times.push(asked.ms)
          counted = Math.max(counted, asked.count)
        }
        all.push(...times)
        row.push(percentile(times, 0.5), percentile(times, 0.99))
      }
      rows.push([what, where, String(counted), ...row])
    }
  }
  print(`\nsearch over HTTP (aim: p99 <= 150 ms)\n${table(rows)}`)
  print(
    `all ${all.length} questions: p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms`,
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
