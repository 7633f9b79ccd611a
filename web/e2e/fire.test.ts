import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { twoSites } from './support/nodes.ts'
import { acceptInvitation, message, say, signUp, startChatWith } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a site burns mid-message: people go on by another one, and nothing is lost or doubled', {
  skip,
}, async (t) => {
  const [seoul, busan] = await twoSites(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, seoul.url, 'Mina')
  const jun = await signUp(browser, busan.url, 'Jun')
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await say(mina, 'before the fire')
  await message(jun, 'before the fire').waitFor()
  await mina.page.evaluate('navigator.serviceWorker.ready.then(() => true)')

  await say(mina, 'as it breaks out')
  await seoul.end('SIGKILL')
  const burntAt = performance.now()
  await say(mina, 'while it burns')
  await message(jun, 'while it burns').waitFor()
  t.diagnostic(
    `the message reached the other site ${Math.round(performance.now() - burntAt)} ms after the fire`,
  )
  await say(jun, 'we hear you')
  await message(mina, 'we hear you').waitFor()

  // The page's own site is gone: what this device kept starts the app.
  await mina.page.reload()
  await message(mina, 'we hear you').waitFor()
  await say(mina, 'started anew')
  await message(jun, 'started anew').waitFor()
  for (const text of ['before the fire', 'as it breaks out', 'while it burns', 'started anew'])
    assert.equal(await jun.page.locator('[data-event]', { hasText: text }).count(), 1, text)
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})
