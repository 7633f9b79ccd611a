import type { Page } from 'playwright-core'
import { until } from './browser.ts'

/** What the device keeps of the list of chats for the next start, as an expression for the page. */
const readKept = `new Promise((resolve) => {
  const opened = indexedDB.open('dure')
  opened.onsuccess = () => {
    const read = opened.result.transaction('kept').objectStore('kept').get('known-chats')
    read.onsuccess = () => {
      opened.result.close()
      resolve(read.result)
    }
  }
})`

/** Resolves when the list of chats is kept with this in it. */
export async function listIsKept(page: Page, text: string): Promise<void> {
  await until(
    page,
    `${readKept}.then((known) => JSON.stringify(known ?? '').includes(${JSON.stringify(text)}))`,
  )
}

/** Resolves when nothing of it is kept. */
export async function listIsForgotten(page: Page): Promise<void> {
  await until(page, `${readKept}.then((known) => known === undefined)`)
}

/** From the next page on, notes what is shown of the chats before the app has started, and when it is on the screen. */
export async function watchKnownList(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.knownList = { text: '', atMs: 0 }
    const watching = new MutationObserver(() => {
      const list = document.querySelector('[class*=known]')
      if (!list) return
      watching.disconnect()
      globalThis.knownList.text = list.textContent
      requestAnimationFrame(() => setTimeout(() => {
        globalThis.knownList.atMs = performance.now()
      }))
    })
    watching.observe(document, { childList: true, subtree: true })
  `)
}

/** What was shown before the app had started, and when; nothing when nothing was. */
export async function knownList(page: Page): Promise<{ text: string; atMs: number }> {
  return (await page.evaluate('globalThis.knownList')) as { text: string; atMs: number }
}
