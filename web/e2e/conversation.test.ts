import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { act, attach, composer, message, say, talkingPair } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a poll is asked, answered, answered otherwise, and ended', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)

  await attach(mina, 'Poll')
  await mina.page.getByLabel('Question').fill('Where do we eat?')
  await mina.page.getByLabel('Answer 1').fill('Noodles')
  await mina.page.getByLabel('Answer 2').fill('Rice')
  assert.deepEqual(await seriousFindings(mina.page), [])
  await mina.page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  const answer = (page: typeof mina.page, name: string) => page.getByRole('button', { name })
  await answer(jun.page, 'Noodles 0').click()
  await answer(mina.page, 'Noodles 1').waitFor()
  await answer(mina.page, 'Rice 0').click()
  await answer(jun.page, 'Rice 1').click()
  await answer(mina.page, 'Rice 2').waitFor()
  await answer(mina.page, 'Noodles 0').waitFor()

  await act(mina, message(mina, 'Where do we eat?'), 'End poll')
  await jun.page.getByText('Ended, 2 votes').waitFor()
  assert.equal(await answer(jun.page, 'Noodles').isDisabled(), true)
  for (const { page } of [mina, jun]) assert.deepEqual(await seriousFindings(page), [])

  // Whoever opens the chat anew sees the same.
  await jun.page.reload()
  await jun.page.getByText('Ended, 2 votes').waitFor()
  await answer(jun.page, 'Rice 2').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('answers in a thread stay in it, for both, and are counted at its root', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)
  await say(mina, 'who brings what?')
  await message(jun, 'who brings what?').waitFor()

  await act(jun, message(jun, 'who brings what?'), 'Thread')
  const thread = (page: typeof mina.page) => page.getByRole('complementary', { name: 'Thread' })
  await thread(jun.page).getByRole('textbox', { name: 'Message' }).fill('I bring bread')
  await thread(jun.page).getByRole('textbox', { name: 'Message' }).press('Enter')
  await mina.page.getByRole('button', { name: '1 answer' }).click()
  await thread(mina.page).getByText('I bring bread').waitFor()
  await thread(mina.page).getByRole('textbox', { name: 'Message' }).fill('and I the soup')
  await thread(mina.page).getByRole('textbox', { name: 'Message' }).press('Enter')
  await thread(jun.page).getByText('and I the soup').waitFor()
  for (const { page } of [mina, jun]) assert.deepEqual(await seriousFindings(page), [])

  await thread(mina.page).getByRole('button', { name: 'Close' }).click()
  await mina.page.getByRole('button', { name: '2 answers' }).waitFor()
  const main = mina.page.getByRole('log')
  assert.equal(await main.getByText('I bring bread').count(), 0)
  assert.equal(await main.getByText('and I the soup').count(), 0)
  await mina.page.reload()
  await mina.page.getByRole('button', { name: '2 answers' }).waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('people are mentioned by a few letters; messages are pinned, found, and tell who has read them', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)

  await composer(mina).pressSequentially('the key is under the stone, @ju')
  await mina.page.getByRole('option', { name: /Jun/ }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await composer(mina).press('Enter')
  await composer(mina).pressSequentially('!')
  await composer(mina).press('Enter')
  const found = message(jun, 'the key is under the stone, @Jun !')
  await found.locator('[class*=person]').getByText('@Jun').waitFor()

  await act(jun, found, 'Pin')
  await mina.page.getByRole('button', { name: /^Pinned the key is/ }).waitFor()
  for (let line = 1; line <= 30; line++) await say(mina, `and another thing, number ${line}`)
  await message(jun, 'number 30').waitFor()
  await mina.page.getByRole('button', { name: /^Pinned the key is/ }).click()
  await message(mina, 'under the stone').waitFor()

  await jun.page.getByRole('button', { name: 'Search in this chat' }).click()
  await jun.page.getByRole('dialog').getByRole('searchbox').fill('STONE')
  await jun.page
    .getByRole('dialog')
    .getByRole('button', { name: /under the stone/ })
    .waitFor()
  assert.deepEqual(await seriousFindings(jun.page), [])
  await jun.page
    .getByRole('dialog')
    .getByRole('button', { name: /under the stone/ })
    .click()
  await jun.page.locator('[class*=highlighted]', { hasText: 'under the stone' }).waitFor()

  await act(mina, message(mina, 'under the stone'), 'Info')
  await mina.page.getByRole('heading', { name: 'Read by 1' }).waitFor()
  await mina.page.getByRole('dialog').getByText('Jun').waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await mina.page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()

  await act(jun, message(jun, 'under the stone'), 'Unpin')
  await mina.page.getByRole('button', { name: /^Pinned/ }).waitFor({ state: 'detached' })
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})
