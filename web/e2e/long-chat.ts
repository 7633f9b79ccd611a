import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode } from '../../server/test/support/node-process.ts'
import { buildWebClient } from '../../tools/build-web.ts'
import { startBrowser } from './support/browser.ts'
import { openLongChat, scrollBack } from './support/long-chat.ts'
import { message } from './support/person.ts'
import { heapMegabytes, readSmoothness, slowProcessor, watchSmoothness } from './support/smoothness.ts'

/** `npm run long-chat -- 100000`: how a chat with so many messages feels on a phone whose processor is four times slower. */
const messages = Number(process.argv[2] ?? 100_000)
const screensOf80 = 25

await buildWebClient()
const data = await mkdtemp(join(tmpdir(), 'dure-long-chat-'))
const node = await startNode({ DURE_DATA: data, DURE_SERVER_NAME: 'dure.test' })
const browser = await startBrowser()
try {
  const filledAt = performance.now()
  const chat = await openLongChat(browser, node.url, messages)
  print('messages', messages, `filled in ${seconds(filledAt)} s`)
  const { page } = chat.person
  await watchSmoothness(page)
  await page.reload()
  await slowProcessor(page, 4)
  await page.getByText('A long story').first().waitFor()
  await readSmoothness(page)

  await timed('opening the chat', async () => {
    await page.getByText('A long story').first().click()
    await message(chat.person, 'and here we are').waitFor()
  })
  await timed(`scrolling back ${screensOf80} times`, async () => {
    for (let screen = 0; screen < screensOf80; screen++) await scrollBack(page, 4000)
  })
  await timed('a message that arrives meanwhile', async () => void (await chat.say('hello from now')))
  await timed('going to the newest message', async () => {
    await page.getByRole('button', { name: 'To the newest message' }).click()
    await message(chat.person, 'hello from now').waitFor()
  })
  await timed('going to the very first message', async () => {
    const address = `/app/chats/${encodeURIComponent(chat.roomId)}?event=${encodeURIComponent(chat.first)}`
    await page.evaluate(
      `history.pushState({}, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
    )
    await message(chat.person, 'how it all began').waitFor()
  })

  async function timed(what: string, work: () => Promise<void>): Promise<void> {
    const startedAt = performance.now()
    await work()
    const took = seconds(startedAt)
    const seen = await readSmoothness(page)
    const rows = await page.locator('[data-event]').count()
    print(what, `${took} s`, JSON.stringify({ ...seen, rows, heapMB: await heapMegabytes(page) }))
  }
} finally {
  await browser.close()
  await node.end()
  await rm(data, { recursive: true, force: true })
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

function print(...words: (string | number)[]): void {
  process.stdout.write(`${words.join('  ')}\n`)
}
