import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../log.ts'
import { openTestDatabase, testDatabase } from '../testing/database.ts'
import { compareVersions, migrate, parseMigration } from './migrations.ts'
import { sql } from './sql.ts'

const log = createLog('silent')
const first = parseMigration(
  'shop',
  '0001_item.sql',
  '-- expand\ncreate schema shop;\ncreate table shop.item (id int primary key);',
)
const second = parseMigration(
  'shop',
  '0002_name.sql',
  '-- contract after 0.2\nalter table shop.item add name text;',
)

test('many nodes that start at once migrate once', async (t) => {
  const { url } = await testDatabase(t)
  const nodes = Array.from({ length: 4 }, () => openTestDatabase(url))
  t.after(() => Promise.all(nodes.map((db) => db.close())))
  await Promise.all(nodes.map((db) => migrate({ db, log }, [first, second], '0.2.0')))
  assert.deepEqual(await nodes[0]?.rows(sql`select * from shop.item`), [])
})

test('a migration that fails leaves nothing half done and is tried again next time', async (t) => {
  const { db } = await testDatabase(t)
  const broken = parseMigration('shop', '0001_item.sql', '-- expand\ncreate schema shop;\nselect 1/0;')
  await assert.rejects(migrate({ db, log }, [broken], '0.1.0'), /division by zero/)
  await migrate({ db, log }, [first], '0.1.0')
})

test('a migration edited after it was applied is refused', async (t) => {
  const { db } = await testDatabase(t)
  await migrate({ db, log }, [first], '0.1.0')
  const edited = parseMigration('shop', '0001_item.sql', '-- expand\ncreate schema shop;')
  await assert.rejects(
    migrate({ db, log }, [edited], '0.1.0'),
    /shop\/0001_item.sql was changed after it was applied/,
  )
})

test('a node older than the database allows refuses to join', async (t) => {
  const { db } = await testDatabase(t)
  await migrate({ db, log }, [first, second], '0.2.0')
  await assert.rejects(
    migrate({ db, log }, [first], '0.1.9'),
    /needs Dure 0.2 or newer \(because of shop\/0002_name.sql\); this is 0.1.9/,
  )
  await migrate({ db, log }, [first], '0.2.0')
})

test('a migration says on line 1 what older nodes may expect', () => {
  assert.throws(() => parseMigration('shop', '0003.sql', 'create table x (id int);'), /line 1 must be/)
  assert.equal(first.oldestVersion, undefined)
  assert.equal(second.oldestVersion, '0.2')
})

test('versions compare by number', () => {
  assert.deepEqual(['0.10.0', '0.2', '1.0', '0.2.1'].toSorted(compareVersions), [
    '0.2',
    '0.2.1',
    '0.10.0',
    '1.0',
  ])
})
