import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { act, attachFile, composer, message, say, talkingPair } from './support/person.ts'
import { landscape } from './support/pictures.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('two people find each other, talk, and see who has not read yet', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)

  // Jun looks at something else: what Mina says now is unread by one person.
  await jun.page.getByRole('navigation').getByRole('button', { name: 'People' }).click()
  await say(mina, 'are you there?')
  await message(mina, 'are you there?').getByText('1 person has not read it').waitFor({ state: 'attached' })
  await jun.page.getByRole('navigation').getByRole('button', { name: 'Chats' }).click()
  await jun.page
    .getByRole('button', { name: /^M?Mina/ })
    .first()
    .click()
  await message(jun, 'are you there?').waitFor()
  await message(mina, 'are you there?').getByText('has not read it').waitFor({ state: 'detached' })

  await say(jun, 'just arrived')
  await message(mina, 'just arrived').waitFor()

  await act(mina, message(mina, 'just arrived'), '👍')
  await jun.page.getByRole('button', { name: /^👍/ }).waitFor()

  await act(mina, message(mina, 'just arrived'), 'Reply')
  await say(mina, 'good to hear')
  const answer = message(jun, 'good to hear')
  await answer.getByText('just arrived').waitFor()

  await act(mina, message(mina, 'good to hear'), 'Edit')
  await composer(mina).fill('very good to hear')
  await composer(mina).press('Enter')
  await message(jun, 'very good to hear').getByText('edited').waitFor()

  await act(mina, message(mina, 'are you there?'), 'Delete for everyone')
  await jun.page.getByText('Deleted message').first().waitFor()

  const photo = { name: 'view.png', mimeType: 'image/png', buffer: await landscape(0) }
  await attachFile(mina, 'Photo or video', photo)
  await jun.page.getByRole('button', { name: 'Open photo' }).locator('img').waitFor()

  for (const { page } of [mina, jun]) assert.deepEqual(await seriousFindings(page), [])
  for (const name of ['People', 'More', 'Chats']) {
    await jun.page.getByRole('navigation').getByRole('button', { name }).click()
    assert.deepEqual(await seriousFindings(jun.page), [], name)
  }
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})
