import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { until } from '../../server/src/platform/testing/until.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { goToSection, message, openChat, say, talkingPair } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('who comes back to a chat begins where they stopped reading', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)
  await say(mina, 'good morning')
  await message(jun, 'good morning').waitFor()
  await message(mina, 'good morning').getByText('has not read it').waitFor({ state: 'detached' })

  await goToSection(jun, 'People')
  for (let number = 1; number <= 30; number++) await say(mina, `news ${number}.`)
  await goToSection(jun, 'Chats')
  const row = jun.page.getByRole('button', { name: /^.?Mina/ }).first()
  await row.getByText('news 30.').waitFor()
  await row.getByText('30 unread messages').waitFor({ state: 'attached' })

  await openChat(jun, 'Mina')
  const line = jun.page.getByText('New messages', { exact: true })
  await message(jun, 'news 1.').waitFor()
  await until(() => isSeen(line))
  await until(() => isSeen(message(jun, 'news 1.')))
  assert(!(await isSeen(message(jun, 'news 30.'))), 'the newest is further down')
  await jun.page.getByRole('button', { name: 'To the newest message' }).click()
  await message(jun, 'news 30.').waitFor()
  await jun.page.getByRole('button', { name: 'To the newest message' }).waitFor({ state: 'detached' })
  await until(() => isSeen(message(jun, 'news 30.')))

  await message(mina, 'news 30.').getByText('has not read it').waitFor({ state: 'detached' })
  await goToSection(jun, 'People')
  await goToSection(jun, 'Chats')
  await openChat(jun, 'Mina')
  await message(jun, 'news 30.').waitFor()
  assert.equal(await line.count(), 0, 'nothing is new any more')
  await jun.page.getByText('Today', { exact: true }).first().waitFor({ state: 'attached' })

  // More than is shown at first: the beginning of what is new is one press away.
  await goToSection(jun, 'People')
  for (let number = 1; number <= 110; number++) await say(mina, `more ${number}.`)
  await message(mina, 'more 110.').getByText('has not read it').waitFor({ state: 'attached' })
  await goToSection(jun, 'Chats')
  await openChat(jun, 'Mina')
  await message(jun, 'more 110.').waitFor()
  await jun.page.getByRole('button', { name: 'To the first new message' }).click()
  await message(jun, 'more 1.').waitFor()
  await until(() => isSeen(line))
  await until(() => isSeen(message(jun, 'more 1.')))
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** Some of it lies on the screen, and not only in the page. */
function isSeen(locator: Locator): Promise<boolean> {
  return locator.evaluateAll((elements) =>
    elements.some((element) => {
      const { top, bottom, height } = element.getBoundingClientRect()
      return height > 0 && bottom > 0 && top < innerHeight
    }),
  )
}
