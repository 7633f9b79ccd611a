import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath } from './support/browser.ts'
import { listed, minaWithChats, row } from './support/chat-list.ts'
import type { Person } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a person arranges chats in folders of their own, which other clients know as tags', {
  skip,
}, async (t) => {
  const { mina, seed, me, rooms } = await minaWithChats(t)
  const { page } = mina
  const sheet = page.getByRole('dialog')
  const tagsOf = async (roomId: string) => {
    const path = `client/v3/user/${encodeURIComponent(me.userId)}/rooms/${encodeURIComponent(roomId)}/tags`
    return Object.keys((await seed.call<{ tags: object }>('GET', path, me)).tags)
  }

  await page.getByRole('button', { name: 'Folders', exact: true }).click()
  await sheet.getByLabel('New folder').fill('Nature')
  await sheet.getByRole('button', { name: 'Create' }).click()
  await sheet.getByRole('button', { name: 'Birds' }).click()
  await sheet.getByRole('button', { name: 'Birds', pressed: true }).waitFor()
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: 'Close' }).click()
  assert.deepEqual(await tagsOf(rooms.birds), ['u.Nature'])

  await row(mina, 'Picnic').getByRole('button').first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Put into a folder' }).click()
  await sheet.getByRole('button', { name: 'Nature' }).click()
  await sheet.getByRole('button', { name: 'Nature', pressed: true }).waitFor()
  await sheet.getByLabel('New folder').fill('Friends')
  await sheet.getByRole('button', { name: 'Create' }).click()
  await sheet.getByRole('button', { name: 'Friends', pressed: true }).waitFor()
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: 'Close' }).click()

  await choose(mina, 'Nature')
  await listed(mina, ['Birds', 'Picnic'])
  await choose(mina, 'Friends')
  await listed(mina, ['Picnic'])

  const path = `client/v3/user/${encodeURIComponent(me.userId)}/rooms/${encodeURIComponent(rooms.direct)}/tags/u.Elsewhere`
  await seed.call('PUT', path, me, {})
  await choose(mina, 'Elsewhere')
  await listed(mina, ['Jun'])

  await page.getByRole('button', { name: 'Folders', exact: true }).click()
  await sheet.getByRole('button', { name: 'Move Friends up' }).click()
  await sheet.getByRole('button', { name: 'Move Friends up', disabled: true }).waitFor()
  assert.deepEqual(await seriousFindings(page), [])
  await sheet.getByRole('button', { name: /^Nature/ }).click()
  await sheet.getByLabel('Name').fill('Outside')
  await sheet.getByRole('button', { name: 'Save' }).click()
  await sheet.getByRole('heading', { name: 'Outside' }).waitFor()
  await sheet.getByRole('button', { name: 'Close' }).click()
  await page
    .getByRole('group', { name: 'Show' })
    .getByRole('button', { name: 'Nature' })
    .waitFor({ state: 'detached' })
  assert.deepEqual(await tagsOf(rooms.picnic), ['u.Friends', 'u.Outside'])

  await page.reload()
  await choose(mina, 'Outside')
  await listed(mina, ['Birds', 'Picnic'])
  const tabs = page.getByRole('group', { name: 'Show' }).getByRole('button')
  assert.deepEqual((await tabs.allTextContents()).slice(0, 5), [
    'All',
    'Unread',
    'Friends',
    'Outside',
    'Elsewhere',
  ])

  await page.getByRole('button', { name: 'Folders', exact: true }).click()
  await sheet.getByRole('button', { name: /^Outside/ }).click()
  await sheet.getByRole('button', { name: 'Delete the folder' }).click()
  await sheet.getByRole('heading', { name: 'Folders' }).waitFor()
  await sheet.getByRole('button', { name: 'Close' }).click()
  await listed(mina, ['Birds', 'Picnic', 'Jun'])
  assert.deepEqual(await tagsOf(rooms.birds), [])
  assert.deepEqual(mina.problems, [])
})

async function choose({ page }: Person, name: string): Promise<void> {
  await page.getByRole('group', { name: 'Show' }).getByRole('button', { name, exact: true }).click()
}
