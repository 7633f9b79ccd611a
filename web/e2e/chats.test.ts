import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath } from './support/browser.ts'
import { listed, minaWithChats, row } from './support/chat-list.ts'
import { composer, type Person, say } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('chats are pinned, muted, read, filtered and left from the list', { skip }, async (t) => {
  const { mina, seed, people, rooms } = await minaWithChats(t)
  await listed(mina, ['Birds', 'Picnic', 'Jun'])
  await unreadIn(mina, 'Birds', 1)
  assert.deepEqual(await seriousFindings(mina.page), [])

  await openMenu(row(mina, 'Jun'))
  await mina.page.getByRole('menuitem', { name: 'Pin', exact: true }).click()
  await row(mina, 'Jun').getByLabel('Pinned').waitFor()
  await listed(mina, ['Jun', 'Birds', 'Picnic'])

  await openMenu(row(mina, 'Birds'))
  await mina.page.getByRole('menuitem', { name: 'Mark as read' }).click()
  await unreadIn(mina, 'Birds', 0)

  await openMenu(row(mina, 'Picnic'))
  await mina.page.getByRole('menuitem', { name: 'Mute', exact: true }).click()
  await row(mina, 'Picnic').getByLabel('Muted').waitFor()
  await seed.say(people.hana, rooms.picnic, 'I bring the blanket')
  await row(mina, 'Picnic').getByText('I bring the blanket').waitFor()

  for (const [filter, expected] of [
    ['People', ['Jun']],
    ['Groups', ['Picnic']],
    ['Open chats', ['Birds']],
    ['All', ['Jun', 'Picnic', 'Birds']],
  ] as const) {
    await mina.page.getByRole('group', { name: 'Show' }).getByRole('button', { name: filter }).click()
    await listed(mina, expected)
  }

  await openMenu(row(mina, 'Birds'))
  await mina.page.getByRole('menuitem', { name: 'Leave' }).click()
  await mina.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
  await row(mina, 'Birds').waitFor({ state: 'detached' })
  assert.deepEqual(mina.problems, [])
})

test('the list shows what is begun, what is on its way and who is typing', { skip }, async (t) => {
  const { mina, seed, people, rooms } = await minaWithChats(t)
  const back = () => mina.page.getByRole('button', { name: 'Back' }).click()
  await row(mina, 'Jun').click()
  await composer(mina).fill('about tomorrow')
  await back()
  await row(mina, 'Jun').getByText('Draft: about tomorrow').waitFor()
  await row(mina, 'Jun').click()
  assert.equal(await composer(mina).inputValue(), 'about tomorrow')

  await mina.page.context().setOffline(true)
  await say(mina, 'see you at ten')
  await back()
  await row(mina, 'Jun').getByLabel('Sending ...').waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await mina.page.context().setOffline(false)
  await row(mina, 'Jun').getByText('You: see you at ten').waitFor()
  await row(mina, 'Jun').getByLabel('Sending ...').waitFor({ state: 'detached' })

  const path = `client/v3/rooms/${encodeURIComponent(rooms.picnic)}/typing/${encodeURIComponent(people.hana.userId)}`
  await seed.call('PUT', path, people.hana, { typing: true, timeout: 30_000 })
  await row(mina, 'Picnic').getByText('typing ...').waitFor()
  assert.deepEqual(mina.problems, [])
})

async function unreadIn(person: Person, name: string, count: number): Promise<void> {
  const badge = row(person, name).getByText(/unread message/)
  if (count === 0) await badge.waitFor({ state: 'detached' })
  else await badge.getByText(new RegExp(`^${count} `)).waitFor({ state: 'attached' })
}

async function openMenu(target: Locator): Promise<void> {
  await target.getByRole('button').first().click({ button: 'right' })
}
