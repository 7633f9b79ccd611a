import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromiumPath, testBrowser, until } from './support/browser.ts'
import { testNode, twoSites } from './support/nodes.ts'
import { acceptInvitation, composer, message, say, signUp, startChatWith } from './support/person.ts'

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

test('without a network people read and write, and what waits survives a reload and arrives once', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await say(mina, 'hello')
  await message(jun, 'hello').waitFor()
  await mina.page.evaluate('navigator.serviceWorker.ready.then(() => true)')

  await mina.page.context().setOffline(true)
  await say(mina, 'first of two')
  await say(mina, 'second of two')
  await mina.page.getByText('Saving for later - 2 messages waiting').waitFor()
  await composer(mina).fill('not even sent')
  await until(mina.page, keptDraft('not even sent'))
  await mina.page.reload()
  await mina.page.getByText('first of two').first().waitFor()
  await mina.page.getByText('hello').first().waitFor()
  assert.equal(await composer(mina).inputValue(), 'not even sent')
  await mina.page.getByRole('button', { name: 'Back' }).click()
  await mina.page.getByText('Draft: not even sent').waitFor()
  await mina.page.getByRole('button', { name: /Draft: not even sent/ }).click()

  await mina.page.context().setOffline(false)
  await message(jun, 'second of two').waitFor()
  const order = await jun.page.locator('[data-event]', { hasText: 'of two' }).allInnerTexts()
  assert.equal(order.length, 2)
  assert.match(order[0] ?? '', /first of two/)
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** Runs in the page: whether the draft is on the disk. */
function keptDraft(wanted: string): string {
  return `new Promise((resolve) => {
    const opened = indexedDB.open('dure')
    opened.onsuccess = () => {
      const all = opened.result.transaction('drafts').objectStore('drafts').getAll()
      all.onsuccess = () => {
        opened.result.close()
        resolve(all.result.includes(${JSON.stringify(wanted)}))
      }
    }
  })`
}
