import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { atEnd } from '../../server/src/platform/testing/cleanup.ts'
import { startNode } from '../../server/test/support/node-process.ts'
import { buildWebClient } from '../../tools/build-web.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { acceptInvitation, message, say, signUp, startChatWith } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('two people sign up, find each other, talk, and see who has not read yet', { skip }, async (t) => {
  await buildWebClient()
  const folder = await mkdtemp(join(tmpdir(), 'dure-e2e-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const node = await startNode({ DURE_DATA: folder, DURE_SERVER_NAME: 'dure.test' })
  atEnd(t, () => node.end())
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun', { screen: 'desktop', dark: true })

  await startChatWith(mina, jun)
  await say(mina, 'Hello Jun, are you there?')
  await message(mina, 'Hello Jun').waitFor()

  await acceptInvitation(jun)
  await say(jun, 'Yes! Just arrived.')
  await message(mina, 'Just arrived').waitFor()

  assert.deepEqual(mina.problems, [])
  assert.deepEqual(jun.problems, [])
})
