import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { testDatabase } from '../../../platform/testing/database.ts'
import { gramsOf } from '../grams.ts'
import { type Proposal, type Proposals, proposeEvents } from './propose-events.ts'

const roomIds = ['!one:dure.test', '!two:dure.test', '!three:dure.test']
const [one = '', two = '', three = ''] = roomIds

async function fixture(t: TestContext) {
  const { db } = await testDatabase(t)
  const propose = async (
    words: string[],
    more: Partial<Proposals> = {},
    enough = Number.POSITIVE_INFINITY,
  ) => {
    const found: Proposal[] = []
    for await (const batch of proposeEvents(db, { roomIds, words, upTo: 1_000_000, limit: 1000, ...more })) {
      found.push(...batch)
      if (found.length >= enough) break
    }
    return found.map(({ position }) => position)
  }
  return {
    propose,
    say: async (roomId: string, position: number, text: string) =>
      db.run(sql`
        insert into search.entry (room_id, position, event_id, grams)
        values (${roomId}, ${position}, ${`$${position}`}, ${gramsOf(roomId, text)}::int[])`),
  }
}

test('what is long ago is found like what is new, the newest first, in all rooms that are asked for', async (t) => {
  const { say, propose } = await fixture(t)
  const positions = [3, 40, 5000, 5001, 90_000, 500_000, 990_000, 999_000, 999_999]
  for (const [n, position] of positions.entries())
    await say(roomIds[n % 3] ?? '', position, `the teapot number ${position}`)
  await say('!elsewhere:dure.test', 999_998, 'a teapot of others')
  await say(one, 999_997, 'a kettle')
  assert.deepEqual(await propose(['teapot']), positions.toReversed())
  assert.deepEqual(await propose(['teapot'], { upTo: 500_000 }), positions.toReversed().slice(3))
  assert.deepEqual(await propose(['teapot'], { limit: 4 }), positions.toReversed().slice(0, 4))
  assert.deepEqual(await propose(['teapot', '5001']), [5001])
  assert.deepEqual(await propose(['teapot'], { roomIds: [three] }), [999_999, 500_000, 5000])
  assert.deepEqual(await propose(['teapot'], { roomIds: [] }), [])
  assert.deepEqual(await propose(['kettle', 'teapot']), [])
})

test('words are proposed by their triples, pairs and, in scripts with syllables, single characters', async (t) => {
  const { say, propose } = await fixture(t)
  await say(one, 1, '내일 학교에서 만나요')
  await say(two, 2, 'sudah dimakan adik')
  for (const [word, found] of [
    ['학교에서', [1]],
    ['학교', [1]],
    ['나', [1]],
    ['makan', [2]],
    ['ma', [2]],
    ['m', []],
    ['makam', []],
    ['교학', []],
  ] as const)
    assert.deepEqual(await propose([word]), found, word)
})

test('who has enough asks for no more than a part', async (t) => {
  const { say, propose } = await fixture(t)
  for (let position = 996_001; position <= 1_000_000; position += 50) await say(one, position, 'tea')
  const found = await propose(['tea'], {}, 10)
  assert(found.length >= 10 && found.length < 80, `${found.length}`)
  assert.equal((await propose(['tea'])).length, 80)
})
