import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromiumPath } from './support/browser.ts'
import { listed, minaWithChats, row } from './support/chat-list.ts'
import { composer, message, say } from './support/person.ts'
import { longPress, swipe } from './support/touch.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a finger that stays on a chat opens its menu, and not the chat', { skip }, async (t) => {
  const { mina } = await minaWithChats(t)
  const pin = mina.page.getByRole('menuitem', { name: 'Pin', exact: true })
  await longPress(row(mina, 'Jun'))
  await pin.waitFor()
  assert.equal(await composer(mina).count(), 0)
  await pin.tap()
  await row(mina, 'Jun').getByLabel('Pinned').waitFor()
  await listed(mina, ['Jun', 'Birds', 'Picnic'])
  await row(mina, 'Jun').tap()
  await composer(mina).waitFor()
  assert.deepEqual(mina.problems, [])
})

test('a chat that is drawn aside shows what can be done with it', { skip }, async (t) => {
  const { mina } = await minaWithChats(t)
  const birds = row(mina, 'Birds')
  await swipe(birds, -150)
  await birds.getByRole('button', { name: 'Mute' }).tap()
  await birds.getByLabel('Muted').waitFor()
  assert.equal(await composer(mina).count(), 0)
  await swipe(birds, -150)
  await birds.getByRole('button', { name: 'Unmute' }).tap()
  await birds.getByLabel('Muted').waitFor({ state: 'detached' })

  await swipe(birds, -150)
  await birds.getByRole('button', { name: 'Mark as read' }).tap()
  await birds.getByText(/unread message/).waitFor({ state: 'detached' })

  await swipe(birds, -150)
  await birds.getByRole('button', { name: 'Pin' }).waitFor()
  await row(mina, 'Birds').getByText('a heron!').tap()
  await birds.getByRole('button', { name: 'Pin' }).waitFor({ state: 'detached' })
  assert.equal(await composer(mina).count(), 0)
  assert.deepEqual(mina.problems, [])
})

test('a finger that stays on a message opens its menu, and one that draws it aside answers it', {
  skip,
}, async (t) => {
  const { mina } = await minaWithChats(t)
  await row(mina, 'Jun').tap()
  const said = message(mina, 'good morning')
  await longPress(said.locator('[class*=bubble]'))
  await mina.page.getByRole('menuitem', { name: '👍' }).tap()
  await said.getByRole('button', { name: /👍/ }).waitFor()
  assert.equal(await mina.page.evaluate('getSelection().toString()'), '')

  await swipe(said.locator('[class*=bubble]'), -30)
  assert.equal(await mina.page.getByRole('button', { name: 'Cancel' }).count(), 0)
  await swipe(said.locator('[class*=bubble]'), -120)
  await mina.page.getByRole('button', { name: 'Cancel' }).waitFor()
  await say(mina, 'and to you')
  await message(mina, 'and to you')
    .getByRole('button', { name: /good morning/ })
    .waitFor()
  assert.deepEqual(mina.problems, [])
})
