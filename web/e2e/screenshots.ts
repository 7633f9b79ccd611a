import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { startNode } from '../../server/test/support/node-process.ts'
import { buildWebClient } from '../../tools/build-web.ts'
import { startBrowser } from './support/browser.ts'
import { openApp, openChat, password, signIn } from './support/person.ts'
import { settleVillage } from './support/village.ts'

/** `npm run screenshots`: each main screen, phone and desktop, light and dark, from a real server, into docs/screenshots. */
const folder = resolve(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const screens = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
} as const
const schemes = ['light', 'dark'] as const

/** Colours go over into those of the other scheme one after the other. What never ends is left alone. */
const whenStill = `(async () => {
  const frame = () => new Promise(requestAnimationFrame)
  const moving = () => document.getAnimations()
    .filter(({ effect }) => Number.isFinite(effect.getComputedTiming().endTime))
  for (let still = 0; still < 3; await frame()) {
    const under = moving()
    still = under.length === 0 ? still + 1 : 0
    await Promise.allSettled(under.map(({ finished }) => finished))
  }
})()`

await buildWebClient()
const data = await mkdtemp(join(tmpdir(), 'dure-screenshots-'))
const node = await startNode({
  DURE_DATA: data,
  DURE_SERVER_NAME: 'dure.example',
  DURE_WALLET_CANCEL_WINDOW: '1s',
})
const browser = await startBrowser()
try {
  await mkdir(folder, { recursive: true })
  await settleVillage(node.url)
  const { page } = await openApp(browser, node.url, 'Mina')
  await everyLook(page, 'sign-in')
  await page.locator('input[name=username]').fill('mina')
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await page.getByText('Saturday hike').first().waitFor()
  await page.getByRole('button', { name: 'Not now' }).click()
  await everyLook(page, 'chats')
  await lookAtChat(page)
  await lookAtFolders(page)
  await lookAtBeginnings(page)
  await lookAtSections(page)
  await lookAtCall(page)
} finally {
  await browser.close()
  await node.end()
  await rm(data, { recursive: true, force: true })
}

async function lookAtChat(page: Page): Promise<void> {
  await page.getByText('Saturday hike').first().click()
  await page.getByRole('button', { name: 'Open photo' }).locator('img').waitFor()
  await page.getByText('4 votes').waitFor()
  await everyLook(page, 'chat')
  await page.getByRole('button', { name: 'Stickers', exact: true }).click()
  await page.getByRole('region', { name: 'Stickers' }).getByRole('button', { name: 'With love' }).click()
  await page.locator('[data-event] img[alt="With love"]').waitFor()
  await everyLook(page, 'stickers')
  await page.getByRole('button', { name: 'Stickers', exact: true }).click()
  await page.locator('header h2 button').click()
  await page.getByRole('heading', { name: '5 members' }).waitFor()
  await everyLook(page, 'chat-info')
  await page.getByRole('button', { name: 'Close' }).click()
}

async function lookAtFolders(page: Page): Promise<void> {
  await visit(page, '/app/chats')
  await page.getByRole('button', { name: 'Folders', exact: true }).click()
  await page.getByRole('dialog').getByText('Family').waitFor()
  await everyLook(page, 'folders')
  await page.keyboard.press('Escape')
}

/** What one comes into a chat from. */
async function lookAtBeginnings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).first().click()
  await page.getByRole('button', { name: /^New community/ }).waitFor()
  await everyLook(page, 'new-chat')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Communities' }).click()
  await page.getByText('Maple Street').first().click()
  await page.getByText('Lost and found').waitFor()
  await everyLook(page, 'community')
  await visit(page, `/app/chats/${encodeURIComponent('#birds:dure.example')}`)
  await page.getByRole('button', { name: 'Join' }).waitFor()
  await everyLook(page, 'join')
}

async function lookAtSections(page: Page): Promise<void> {
  await visit(page, '/app/people')
  await page.getByText('Di kereta sampai sore').waitFor()
  await everyLook(page, 'people')
  await visit(page, '/app/more/notifications')
  await page.getByRole('switch', { name: 'Every night' }).waitFor()
  await everyLook(page, 'settings')
  await visit(page, '/app/pay')
  await page.getByText('Train tickets').waitFor()
  await everyLook(page, 'pay')
  await visit(page, '/app/pay/history')
  await page.getByText('Rain coat').last().waitFor()
  await everyLook(page, 'pay-history')
}

/** Jun calls, from a browser of his own. */
async function lookAtCall(page: Page): Promise<void> {
  const jun = await signIn(browser, node.url, 'Jun', { screen: 'desktop' })
  await openChat(jun, '민아')
  await jun.page.getByRole('button', { name: 'Voice call' }).click()
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  await page.getByRole('timer').waitFor()
  await everyLook(page, 'call')
  await jun.page.context().close()
}

/** Goes to an address as a link within the app does. */
async function visit(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(address)})`)
  await page.evaluate(`dispatchEvent(new PopStateEvent('popstate'))`)
}

async function everyLook(page: Page, name: string): Promise<void> {
  for (const [screen, viewport] of Object.entries(screens))
    for (const colorScheme of schemes) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.mouse.move(0, 0)
      await page.evaluate(whenStill)
      const picture = await page.screenshot()
      const width = screen === 'phone' ? 585 : 1280
      await sharp(picture)
        .resize(width)
        .webp({ quality: 84 })
        .toFile(join(folder, `${name}-${screen}-${colorScheme}.webp`))
    }
}
