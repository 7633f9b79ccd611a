import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { atEnd } from '../../../server/src/platform/testing/cleanup.ts'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** The browser that the machine has; tests that need one are skipped without. */
export const chromiumPath = places.find((path) => existsSync(path))

export type Screen = 'phone' | 'desktop'

const viewports = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } }

export async function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium on this machine')
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  })
}

export type ContextOptions = { screen?: Screen; dark?: boolean; locale?: string }

/** A browser of its own for one person: nothing is shared with the others but the server. */
export async function newContext(browser: Browser, options: ContextOptions = {}): Promise<BrowserContext> {
  const { screen = 'phone', dark = false, locale = 'en-GB' } = options
  const context = await browser.newContext({
    viewport: viewports[screen],
    deviceScaleFactor: screen === 'phone' ? 2 : 1,
    hasTouch: screen === 'phone',
    colorScheme: dark ? 'dark' : 'light',
    locale,
    timezoneId: 'Asia/Seoul',
    reducedMotion: 'reduce',
    permissions: [
      'geolocation',
      'microphone',
      'camera',
      'notifications',
      'clipboard-read',
      'clipboard-write',
    ],
    geolocation: { latitude: 37.5665, longitude: 126.978 },
  })
  context.setDefaultTimeout(150_000)
  return context
}

/** A page whose errors fail the test: nothing may be thrown, and nothing may break the content security policy. */
export async function newPage(context: BrowserContext, problems: string[]): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
  page.on('console', (message) => {
    if (/content security policy|trusted ?type/i.test(message.text())) problems.push(message.text())
  })
  return page
}

/** One browser for a test. */
export async function testBrowser(t: TestContext): Promise<Browser> {
  const browser = await startBrowser()
  atEnd(t, () => browser.close())
  return browser
}

/**
 * Resolves when an expression holds in the page, with its value. Playwright's own way of waiting evaluates text as a
 * script there, which the content security policy forbids.
 */
export async function until(page: Page, expression: string): Promise<unknown> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Error(${JSON.stringify(`waited in vain for ${expression}`)})), 60000)
    const look = async () => {
      const value = await (${expression})
      if (!value) return setTimeout(look, 20)
      clearTimeout(giveUp)
      resolve(value)
    }
    look()
  })`)
}
