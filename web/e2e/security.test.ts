import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import {
  acceptInvitation,
  message,
  openChat,
  type Person,
  say,
  signInAnew,
  signUp,
  startChatWith,
} from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a second device is confirmed by comparing emoji, and reads what was said before', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const phone = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await startChatWith(phone, jun)
  await acceptInvitation(jun)
  await say(jun, 'said before the desktop came')
  await message(phone, 'said before the desktop came').waitFor()

  const desktop = await signInAnew(browser, node.url, 'Mina', { screen: 'desktop', dark: true })
  assert.deepEqual(await seriousFindings(desktop.page), [])
  await desktop.page.getByRole('button', { name: 'Use my other device' }).click()
  await phone.page.getByRole('button', { name: 'It is me', exact: true }).click()
  const [there, here] = await Promise.all([emojiOf(phone), emojiOf(desktop)])
  assert.equal(there.length, 7)
  assert.deepEqual(there, here)
  assert.deepEqual(await seriousFindings(desktop.page), [])
  assert.deepEqual(await seriousFindings(phone.page), [])
  for (const { page } of [phone, desktop])
    await page.getByRole('button', { name: 'They are the same' }).click()
  await phone.page.getByRole('button', { name: 'Done' }).click()

  await openChat(desktop, 'Jun')
  await message(desktop, 'said before the desktop came').waitFor()
  await say(desktop, 'and I read it')
  await message(jun, 'and I read it').waitFor()
  assert.deepEqual([...phone.problems, ...desktop.problems, ...jun.problems], [])
})

test('with every device gone, the security key opens what was said before; another key does not', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await mina.page.getByRole('button', { name: 'Set up' }).click()
  await mina.page.getByRole('button', { name: 'Make my security key' }).click()
  const key = await mina.page.locator('[data-security-key]').textContent()
  assert.deepEqual(await seriousFindings(mina.page), [])
  await mina.page.getByRole('button', { name: 'I have kept it' }).click()
  await mina.page.getByText('Your security key works from now on.').waitFor()
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await say(jun, 'said before everything was lost')
  await message(mina, 'said before everything was lost').waitFor()
  await backedUp(mina, node.url)
  await mina.page.context().close()

  const anew = await signInAnew(browser, node.url, 'Mina')
  await anew.page.getByRole('button', { name: 'Security key' }).click()
  const field = anew.page.getByRole('textbox', { name: 'Security key' })
  await field.fill((key ?? '').replace(/\w{4}$/, 'aaaa'))
  await anew.page.getByRole('button', { name: 'Unlock my messages' }).click()
  await anew.page.getByText('This is not your security key.').waitFor()
  await field.fill(key ?? '')
  await anew.page.getByRole('button', { name: 'Unlock my messages' }).click()
  await openChat(anew, 'Jun')
  await message(anew, 'said before everything was lost').waitFor()
  assert.deepEqual([...anew.problems, ...jun.problems], [])
})

test('who has neither another device nor the key can wait, or begin afresh with the password', {
  skip,
}, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const lost = await signUp(browser, node.url, 'Mina')
  await lost.page.getByText('Make sure that you can read').waitFor()
  await lost.page.context().close()

  const { page, problems } = await signInAnew(browser, node.url, 'Mina')
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.getByText('Older messages are locked on this device.').waitFor()
  await page.getByRole('button', { name: 'Unlock them' }).click()
  await page.getByRole('button', { name: 'I have neither' }).click()
  await page.getByLabel('Password').fill('not this one')
  await page.getByRole('button', { name: 'Make new keys' }).click()
  await page.getByText('The password is not right.').waitFor()
  await page.getByLabel('Password').fill('a few plain words')
  await page.getByRole('button', { name: 'Make new keys' }).click()
  await page.getByText('Make sure that you can read').waitFor()
  assert.deepEqual(problems, [])
})

async function emojiOf({ page }: Person): Promise<string[]> {
  await page.getByRole('button', { name: 'They are the same' }).waitFor()
  return page.locator('main li, [role=dialog] li').allInnerTexts()
}

/** Until the server holds the key of the conversation: before, losing the device would lose it. */
async function backedUp({ page }: Person, url: string): Promise<void> {
  const { accessToken } = (await page.evaluate(`new Promise((resolve) => {
    const opened = indexedDB.open('dure')
    opened.onsuccess = () => {
      const read = opened.result.transaction('kept').objectStore('kept').get('session')
      read.onsuccess = () => resolve(read.result)
    }
  })`)) as { accessToken: string }
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/_matrix/client/v3/room_keys/version`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    const { count } = (await answer.json()) as { count?: number }
    if (count !== undefined && count > 0) return
    await page.waitForTimeout(100)
  }
  throw new Error('the keys were not backed up')
}
