import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser, until } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { attach, attachFile, message, talkingPair } from './support/person.ts'
import { recordClip } from './support/pictures.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('voice, video, places and files reach the other person as they were sent', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)

  await mina.page.getByRole('button', { name: 'Record a voice message' }).click()
  await mina.page.getByRole('timer').getByText('0:02').waitFor()
  await mina.page.getByRole('button', { name: 'Send' }).click()
  await jun.page.getByRole('button', { name: 'Play', exact: true }).click()
  await until(jun.page, 'document.querySelector("audio")?.currentTime > 0')

  const clip = await recordClip(mina.page)
  await attachFile(mina, 'Photo or video', { name: 'waves.webm', mimeType: 'video/webm', buffer: clip })
  // Its first picture stands there before anybody plays it.
  await jun.page.getByRole('button', { name: 'Play video' }).locator('img').waitFor()
  await jun.page.getByRole('button', { name: 'Play video' }).click()
  await until(jun.page, 'document.querySelector("video")?.videoWidth === 320')

  await attach(mina, 'Location')
  const place = jun.page.getByRole('link', { name: /Location/ })
  await place.waitFor()
  assert.match((await place.getAttribute('href')) ?? '', /mlat=37\.5665&mlon=126\.978/)

  const minutes = Buffer.alloc(300_000, 'what was said at the meeting\n')
  const slow = await slowUpload(mina.page, 100_000)
  await attachFile(mina, 'File', { name: 'minutes.txt', mimeType: 'text/plain', buffer: minutes })
  await until(
    mina.page,
    '[...document.querySelectorAll("progress")].some(({ value }) => value > 0 && value < 1)',
  )
  await slow.detach()
  await mina.page.locator('progress').waitFor({ state: 'detached' })
  const saving = jun.page.waitForEvent('download')
  await jun.page
    .getByRole('main')
    .getByRole('button', { name: /minutes\.txt/ })
    .click()
  const saved = await saving
  assert.equal(saved.suggestedFilename(), 'minutes.txt')
  assert.ok((await readFile(await saved.path())).equals(minutes))

  for (const { page } of [mina, jun]) assert.deepEqual(await seriousFindings(page), [])
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('a file that the server refuses says so, and is sent again when asked', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)
  const uploads = '**/_matrix/media/v3/upload*'
  const file = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') }

  await mina.page.route(uploads, (route) => route.fulfill({ status: 413, body: '{}' }))
  await attachFile(mina, 'File', file)
  await mina.page.getByRole('button', { name: 'Not sent - try again' }).waitFor()
  assert.deepEqual(await seriousFindings(mina.page), [])
  // It is still there, and still not sent, when the app is started anew.
  await mina.page.reload()
  await mina.page.unroute(uploads)
  await mina.page.getByRole('button', { name: 'Not sent - try again' }).click()
  await message(jun, 'plan.txt').waitFor()
  await mina.page.getByRole('button', { name: 'Not sent - try again' }).waitFor({ state: 'detached' })
  assert.equal(await jun.page.locator('[data-event]', { hasText: 'plan.txt' }).count(), 1)
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** Lets uploads through at so many bytes a second until it is detached. */
async function slowUpload(page: Page, bytesPerSecond: number) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
  return session
}
