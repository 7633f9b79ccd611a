import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { acceptInvitation, composer, goToSection, message, say, signUp } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a person finds another, makes them a favourite, talks with them, and blocks them', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun', { screen: 'desktop' })

  await goToSection(mina, 'People')
  await mina.page.getByText('No friends yet').waitFor()
  await mina.page.getByRole('searchbox').fill('@jun:dure.test')
  await mina.page.getByRole('button', { name: /Jun/ }).click()
  await mina.page.getByRole('button', { name: 'Add to friends' }).click()
  await mina.page.getByRole('button', { name: 'Favourite' }).click()
  await mina.page.getByRole('button', { name: 'No favourite any more' }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await mina.page.getByRole('button', { name: 'Close' }).click()
  await mina.page.getByRole('searchbox').fill('')
  await mina.page.getByRole('heading', { name: '1 favourite' }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])

  await mina.page.getByRole('button', { name: /Jun/ }).click()
  await mina.page.getByRole('button', { name: 'Chat', exact: true }).click()
  await composer(mina).waitFor()
  await acceptInvitation(jun)
  await say(jun, 'good to be found')
  await message(mina, 'good to be found').waitFor()

  await mina.page.getByRole('button', { name: 'Back' }).click()
  await goToSection(mina, 'People')
  await mina.page.getByRole('button', { name: /Jun/ }).click()
  await mina.page.getByRole('button', { name: 'Block' }).click()
  await mina.page.getByText('You have blocked this person.').waitFor()
  await say(jun, 'said to deaf ears')
  await message(jun, 'said to deaf ears').waitFor()
  await mina.page.getByRole('button', { name: 'Close' }).click()
  await goToSection(mina, 'More')
  await mina.page.getByRole('button', { name: 'Blocked people' }).click()
  await mina.page.getByRole('button', { name: /Jun/ }).click()
  await mina.page.getByRole('button', { name: 'Unblock' }).click()
  await mina.page.getByRole('button', { name: 'Chat', exact: true }).click()
  await say(jun, 'heard again')
  await message(mina, 'heard again').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})
