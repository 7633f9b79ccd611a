import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser, until } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { type Person, signIn, talkingPair } from './support/person.ts'
import { landscape } from './support/pictures.ts'
import { createSeeder } from './support/seed.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('stickers go to and fro in an encrypted chat, and one is uploaded once', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)
  const uploads: string[] = []
  mina.page.on('request', (request) => {
    if (request.url().includes('/media/v3/upload')) uploads.push(request.url())
  })

  await openPanel(mina)
  await mina.page.getByText('The server can see which stickers are sent').waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await panel(mina).getByRole('button', { name: 'Hello!' }).click()
  await seen(jun, 'Hello!', 1)
  await panel(mina).getByRole('button', { name: 'Hello!' }).click()
  await seen(jun, 'Hello!', 2)
  assert.equal(uploads.length, 1)

  await openPanel(jun)
  assert.deepEqual(await seriousFindings(jun.page), [])
  await panel(jun).getByRole('button', { name: 'Thank you' }).click()
  await seen(mina, 'Thank you', 1)
  await mina.page.getByRole('textbox', { name: 'Message' }).focus()
  await panel(mina).waitFor({ state: 'detached' })
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('packs of a chat, of its community and of a person are offered, under the names of today and before', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const seed = createSeeder(node.url)
  const [mina, jun] = [await seed.person('mina', 'Mina'), await seed.person('jun', 'Jun')]
  const url = await seed.upload(
    mina,
    await sharp(await landscape(2))
      .resize(256, 256)
      .png()
      .toBuffer(),
  )
  const image = (body: string) => ({ url, body, info: { w: 128, h: 128, mimetype: 'image/png' } })
  const state = (roomId: string, type: string, key: string, content: unknown) =>
    seed.call('PUT', `client/v3/rooms/${encodeURIComponent(roomId)}/state/${type}/${key}`, mina, content)
  const account = (type: string, content: unknown) =>
    seed.call('PUT', `client/v3/user/${encodeURIComponent(mina.userId)}/account_data/${type}`, mina, content)

  const walks = await seed.room(mina, [jun], { name: 'Walks' })
  await state(walks, 'm.room.image_pack', 'hills', {
    pack: { display_name: 'Hills', usage: ['sticker'] },
    images: { near: image('a hill nearby') },
  })
  const space = await seed.room(mina, [], { name: 'Outdoors', creation_content: { type: 'm.space' } })
  await state(walks, 'm.space.parent', encodeURIComponent(space), { canonical: true, via: ['dure.test'] })
  await state(space, 'm.room.image_pack', 'all', { images: { sky: image('the sky') } })
  const elsewhere = await seed.room(mina, [], { name: 'Elsewhere' })
  await state(elsewhere, 'im.ponies.room_emotes', 'old', { images: { sea: image('the sea') } })
  await account('im.ponies.emote_rooms', { rooms: { [elsewhere]: { old: {} } } })
  await account('im.ponies.user_emotes', {
    pack: { display_name: 'My own' },
    images: { me: image('myself') },
  })

  const browser = await testBrowser(t)
  const person = await signIn(browser, node.url, 'Mina', { screen: 'desktop' })
  const other = await signIn(browser, node.url, 'Jun')
  for (const { page } of [person, other]) await page.getByText('Walks').first().click()
  await openPanel(person)
  const tabs = person.page.getByRole('group', { name: 'Sticker packs' }).getByRole('button')
  await tabs.first().waitFor()
  assert.deepEqual(await tabs.allTextContents(), ['My own', 'Elsewhere', 'Hills', 'Outdoors', 'Mo'])
  await tabs.getByText('Hills').click()
  await panel(person).getByRole('button', { name: 'a hill nearby' }).locator('img').waitFor()
  assert.deepEqual(await seriousFindings(person.page), [])
  await panel(person).getByRole('button', { name: 'a hill nearby' }).click()
  await seen(other, 'a hill nearby', 1)
  assert.deepEqual([...person.problems, ...other.problems], [])
})

function panel({ page }: Person) {
  return page.getByRole('region', { name: 'Stickers' })
}

async function openPanel(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Stickers', exact: true }).click()
  await panel(person).waitFor()
}

/** Until so many stickers of this name are drawn in the chat, whole. */
async function seen({ page }: Person, name: string, count: number): Promise<void> {
  await until(
    page,
    `[...document.querySelectorAll('[data-event] img')].filter((image) =>
      image.alt === ${JSON.stringify(name)} && image.complete && image.naturalWidth > 0).length === ${count}`,
  )
}
