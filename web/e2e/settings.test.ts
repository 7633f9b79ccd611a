import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { unzip } from '../../server/test/support/unzip.ts'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import {
  goToSection,
  message,
  openApp,
  type Person,
  password,
  say,
  signInAnew,
  signUp,
  startChatWith,
} from './support/person.ts'
import { landscape } from './support/pictures.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a person signs a lost device out from another one, with their password', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const kept = await signUp(browser, node.url, 'Mina')
  const lost = await signInAnew(browser, node.url, 'Mina', { screen: 'desktop' })
  await lost.page.getByRole('button', { name: 'Not now' }).click()

  await openSetting(kept, 'Devices')
  const row = kept.page.getByRole('button', { name: /Not confirmed/ })
  await row.waitFor()
  assert.deepEqual(await seriousFindings(kept.page), [])
  await row.click()
  await kept.page.getByLabel('Password').fill('not this one')
  await kept.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await kept.page.getByText('The password is not right.').waitFor()
  await kept.page.getByLabel('Password').fill(password)
  await kept.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await lost.page.getByText('You were signed out of this device.').waitFor()
  await row.waitFor({ state: 'detached' })
  assert.deepEqual([...kept.problems, ...lost.problems], [])
})

test('a person says who they are and how they are, and others see it', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina', { screen: 'desktop', dark: true })
  const jun = await signUp(browser, node.url, 'Jun')

  await goToSection(mina, 'More')
  await mina.page.getByRole('button', { name: /Mina/ }).click()
  await mina.page.getByLabel('Your name').fill('Mina Han')
  await mina.page.getByLabel('Status').fill('On the island until Sunday')
  await mina.page.getByRole('button', { name: 'Save' }).click()
  await mina.page.getByText('Saved').waitFor()
  const chooser = mina.page.waitForEvent('filechooser')
  await mina.page.getByRole('button', { name: 'Change picture' }).click()
  await (await chooser).setFiles({ name: 'me.png', mimeType: 'image/png', buffer: await landscape(0) })
  await mina.page.getByRole('button', { name: 'Remove' }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])

  await goToSection(jun, 'People')
  await jun.page.getByRole('searchbox').fill('mina han')
  const found = jun.page.getByRole('button', { name: /Mina Han/ })
  await found.getByText('On the island until Sunday').waitFor()
  await found.locator('img').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('what a person wants to be told about holds on the server, and their quiet time is kept', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  await openSetting(mina, 'Notifications')
  await mina.page.getByRole('switch', { name: 'Groups' }).click()
  await mina.page.getByRole('switch', { name: 'Groups', checked: false }).waitFor()
  await mina.page.getByRole('button', { name: 'For 1 hour' }).click()
  await mina.page.getByText('Quiet until').waitFor()
  await mina.page.getByRole('switch', { name: 'Every night' }).click()
  await mina.page.getByLabel('From').fill('23:30')
  assert.deepEqual(await seriousFindings(mina.page), [])

  await mina.page.reload()
  await mina.page.getByText('Quiet until').waitFor()
  await mina.page.getByRole('switch', { name: 'Groups', checked: false }).waitFor()
  assert.equal(await mina.page.getByLabel('From').inputValue(), '23:30')
  assert.deepEqual(mina.problems, [])
})

test('a person takes everything along in one file', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await startChatWith(mina, jun)
  await say(mina, 'to be kept')
  await message(mina, 'to be kept').waitFor()
  await mina.page.getByRole('button', { name: 'Back' }).click()
  await openSetting(mina, 'Account and data')
  const saved = mina.page.waitForEvent('download')
  await mina.page.getByRole('button', { name: 'Export everything' }).click()
  const file = await saved
  assert.match(file.suggestedFilename(), /^dure-\d{4}-\d\d-\d\d\.zip$/)
  const files = unzip(await readFile(await file.path()))
  const account = JSON.parse(String(files.get('account.json')))
  assert.equal(account.user_id, '@mina:dure.test')
  const rooms = [...files.keys()].filter((name) => /^rooms\/.*\.jsonl$/.test(name))
  assert.ok(rooms.length > 0, [...files.keys()].join(', '))
  assert.deepEqual(await seriousFindings(mina.page), [])
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('who closes their account cannot come back to it', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  await openSetting(mina, 'Account and data')
  await mina.page.getByRole('button', { name: 'Close my account' }).click()
  await mina.page.getByLabel('Password').fill(password)
  await mina.page.getByRole('dialog').getByRole('button', { name: 'Close my account' }).click()
  await mina.page.locator('input[name=username]').waitFor()

  const anew = await openApp(browser, node.url, 'Mina')
  await anew.page.locator('input[name=username]').fill('mina')
  await anew.page.locator('input[name=password]').fill(password)
  await anew.page.locator('button[type=submit]').click()
  await anew.page.getByText('Username or password is not right.').waitFor()
  assert.deepEqual([...mina.problems, ...anew.problems], [])
})

async function openSetting(person: Person, name: string): Promise<void> {
  await goToSection(person, 'More')
  await person.page.getByRole('button', { name, exact: true }).click()
}
