import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readByZbar, readByZxing, zbarMissing } from '../../server/test/support/qr-readers.ts'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { composer, message, type Person, say, signUp } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a group is led: roles, announcements, a ban that is lifted, and a link that leads back in', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina', { screen: 'desktop' })
  const jun = await signUp(browser, node.url, 'Jun')
  const hana = await signUp(browser, node.url, 'Hana', { dark: true })
  await startGroup(mina, [jun, hana], 'Picnic')
  for (const { page } of [jun, hana]) await page.getByRole('button', { name: 'Accept' }).click()
  await say(mina, 'who is there?')
  await message(hana, 'who is there?').waitFor()

  await openInfo(mina)
  await mina.page.getByRole('heading', { name: '3 members' }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await chooseMember(mina, 'Jun', /^Moderator/)
  await info(mina).getByRole('button', { name: 'Jun Moderator' }).waitFor()
  await info(mina).getByRole('switch', { name: 'Announcements only' }).click()
  await hana.page.getByText('Only moderators and admins write here.').waitFor()
  await say(jun, 'I may')
  await message(hana, 'I may').waitFor()
  assert.deepEqual(await seriousFindings(hana.page), [])
  await info(mina).getByRole('switch', { name: 'Announcements only' }).click()
  await composer(hana).waitFor()

  await openInfo(jun)
  assert.deepEqual(await seriousFindings(jun.page), [])
  await chooseMember(jun, 'Hana', /^Remove and ban/)
  await hana.page.getByText('You cannot come back into this chat.').waitFor()
  assert.deepEqual(await seriousFindings(hana.page), [])
  await info(jun).getByRole('button', { name: 'Lift the ban' }).click()
  await info(mina).getByRole('button', { name: 'Anyone with the link' }).click()
  const link = await copyLink(mina)
  await info(mina).getByRole('button', { name: 'Lift the ban' }).waitFor({ state: 'detached' })
  await readCode(mina, link)
  await hana.page.goto(link)
  await hana.page.getByRole('button', { name: 'Join' }).click()
  await say(hana, 'back again')
  await message(mina, 'back again').waitFor()

  await info(jun).getByRole('button', { name: 'Leave' }).click()
  await jun.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click()
  await mina.page.getByText('Jun left').waitFor()
  await jun.page.getByText('Picnic').first().waitFor({ state: 'detached' })
  assert.deepEqual([...mina.problems, ...jun.problems, ...hana.problems], [])
})

test('an open chat is found and entered under another name; where one has to ask, somebody lets in', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina', { screen: 'desktop', dark: true })
  const jun = await signUp(browser, node.url, 'Jun')
  const hana = await signUp(browser, node.url, 'Hana')
  await startRoom(mina, 'New open chat', 'Birds of the city', async (form) => {
    await form.getByRole('switch', { name: 'List it on this server' }).click()
    assert.deepEqual(await seriousFindings(mina.page), [])
  })
  await say(mina, 'seen this morning: a heron')

  await hana.page.getByRole('button', { name: 'New chat' }).first().click()
  await hana.page.getByRole('button', { name: /^Find open chats/ }).click()
  await hana.page.getByRole('dialog').getByRole('searchbox').fill('birds')
  await hana.page
    .getByRole('dialog')
    .getByRole('button', { name: /Birds of the city/ })
    .click()
  await hana.page.getByLabel('Your name in this chat').fill('Night Owl')
  assert.deepEqual(await seriousFindings(hana.page), [])
  await hana.page.getByRole('button', { name: 'Join' }).click()
  await message(hana, 'a heron').waitFor()
  await say(hana, 'and an owl at night')
  await message(mina, 'an owl at night').getByText('Night Owl').waitFor()
  await mina.page.getByText('Night Owl joined').waitFor()
  assert.equal(await mina.page.getByText('Hana').count(), 0)

  await openInfo(mina)
  await info(mina).getByRole('button', { name: 'Those who ask' }).click()
  await jun.page.goto(await copyLink(mina))
  await jun.page.getByRole('button', { name: 'Ask to come in' }).click()
  await jun.page.getByText('You have asked to come in.').waitFor()
  await info(mina).getByRole('button', { name: 'Let in' }).click()
  await jun.page.getByRole('button', { name: 'Join' }).click()
  await say(jun, 'thank you')
  await message(mina, 'thank you').waitFor()

  await mina.page.getByLabel('Your name in this chat').fill('The Keeper')
  await info(mina).getByRole('button', { name: 'Save' }).click()
  await say(mina, 'welcome')
  await message(jun, 'welcome').getByText('The Keeper').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems, ...hana.problems], [])
})

test('a community holds chats that its members come into', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina', { screen: 'desktop' })
  const jun = await signUp(browser, node.url, 'Jun')
  await startRoom(mina, 'New community', 'Our street')
  await mina.page.getByRole('button', { name: 'Add a chat' }).click()
  await mina.page.getByLabel('New chat in it').fill('Garden')
  await mina.page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
  await mina.page
    .getByRole('main')
    .getByRole('button', { name: /Garden/ })
    .first()
    .waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])

  await mina.page.getByRole('button', { name: 'Show what this chat is' }).click()
  await jun.page.goto(await copyLink(mina))
  await jun.page.getByRole('button', { name: 'Join' }).click()
  await jun.page
    .getByRole('button', { name: /Garden/ })
    .first()
    .waitFor()
  assert.deepEqual(await seriousFindings(jun.page), [])
  await jun.page.getByRole('main').getByRole('button', { name: 'Join' }).click()
  await say(jun, 'the beans are up')

  await info(mina).getByRole('button', { name: 'Close' }).click()
  await mina.page
    .getByRole('main')
    .getByRole('button', { name: /Garden/ })
    .first()
    .click()
  await message(mina, 'the beans are up').waitFor()
  await mina.page.getByRole('button', { name: 'Communities' }).click()
  await mina.page.getByRole('button', { name: /Our street/ }).click()
  await mina.page.getByRole('button', { name: 'Take Garden out' }).click()
  await mina.page.getByText('No chats in it yet').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

async function startGroup(by: Person, others: readonly Person[], name: string): Promise<void> {
  const dialog = by.page.getByRole('dialog')
  await by.page.getByRole('button', { name: 'New chat' }).first().click()
  for (const { username } of others) {
    await dialog.getByRole('searchbox').fill(username)
    await dialog.getByText(`@${username}:`).click()
  }
  await dialog.getByLabel('Name of the group').fill(name)
  await dialog.getByRole('button', { name: /^Start group/ }).click()
  await composer(by).waitFor()
}

async function startRoom(
  { page }: Person,
  kind: string,
  name: string,
  more: (form: ReturnType<Person['page']['getByRole']>) => Promise<void> = async () => {},
): Promise<void> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await dialog.getByRole('button', { name: new RegExp(`^${kind}`) }).click()
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await more(dialog)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.waitFor({ state: 'detached' })
}

async function openInfo({ page }: Person): Promise<void> {
  await page.locator('header h2 button').click()
  await page.getByRole('complementary', { name: 'Chat info' }).waitFor()
}

function info({ page }: Person) {
  return page.getByRole('complementary', { name: 'Chat info' })
}

async function chooseMember(by: Person, name: string, act: RegExp): Promise<void> {
  await info(by)
    .getByRole('button', { name: new RegExp(`^${name}`) })
    .click()
  await by.page.getByRole('dialog').getByRole('button', { name: act }).click()
  await by.page.getByRole('dialog').waitFor({ state: 'detached' })
}

async function copyLink(by: Person): Promise<string> {
  await info(by).getByRole('button', { name: 'Copy link' }).click()
  await by.page.getByText('Copied').first().waitFor()
  return (await by.page.evaluate('navigator.clipboard.readText()')) as string
}

/** Readers that are not ours find the link in what is on the screen. */
async function readCode(person: Person, link: string): Promise<void> {
  const { page } = person
  await info(person).getByRole('button', { name: 'QR code' }).click()
  const picture = await page.getByRole('img', { name: link }).screenshot()
  assert.deepEqual(await readByZxing(picture), [link])
  if (zbarMissing === false) assert.deepEqual(readByZbar(picture), [link])
  assert.deepEqual(await seriousFindings(page), [])
  await page.getByRole('dialog').getByRole('button', { name: 'Copy link' }).click()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), link)
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
}
