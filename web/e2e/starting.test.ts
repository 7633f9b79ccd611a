import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { knownList, listIsForgotten, listIsKept, watchKnownList } from './support/known-chats.ts'
import { testNode } from './support/nodes.ts'
import { goToSection, password, signIn } from './support/person.ts'
import { createSeeder } from './support/seed.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('the chats are there before the app has started, and are forgotten with signing out', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const seed = createSeeder(node.url)
  const [mina, jun] = [await seed.person('mina', 'Mina'), await seed.person('jun', 'Jun')]
  const picnic = await seed.room(jun, [mina], { name: 'Picnic' })
  await seed.say(jun, picnic, 'on Saturday?')
  const browser = await testBrowser(t)
  const person = await signIn(browser, node.url, 'Mina')
  const { page, problems } = person
  // Until then the account is only getting its keys.
  await page.getByText('Make sure that you can read').waitFor()
  await listIsKept(page, 'on Saturday?')
  await watchKnownList(page)
  await page.reload()
  await page.locator('[class*=swipe]').getByText('on Saturday?').waitFor()
  assert.match((await knownList(page)).text, /Picnic.*Jun: on Saturday\?/)
  assert.deepEqual(await seriousFindings(page), [])

  await goToSection(person, 'More')
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.locator('input[name=username]').waitFor()
  await listIsForgotten(page)
  await page.reload()
  await page.locator('input[name=username]').fill('jun')
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await goToSection(person, 'Chats')
  await page.locator('[class*=swipe]').getByText('on Saturday?').waitFor()
  assert.equal((await knownList(page)).text, '')
  assert.deepEqual(problems, [])
})
