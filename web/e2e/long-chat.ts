import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode } from '../../server/test/support/node-process.ts'
import { buildWebClient } from '../../tools/build-web.ts'
import { startBrowser } from './support/browser.ts'
import { type LongChat, openLongChat, scroll } from './support/long-chat.ts'
import { message } from './support/person.ts'
import {
  readFrames,
  readSmoothness,
  slowProcessor,
  watchFrames,
  watchSmoothness,
  weigh,
  workDuring,
} from './support/smoothness.ts'

/**
 * `npm run long-chat -- 100000`: how a chat with so many messages feels at a phone whose processor is four times slower
 * than this one, and as it is. Each step is given up when it takes too long, so the command always ends.
 */
const messages = Number(process.argv[2] ?? 100_000)
const fillingMostMs = 20 * 60_000
const stepMostMs = 90_000
const screens = 25
const screenPx = 4000
const busySeconds = 15

await buildWebClient()
const data = await mkdtemp(join(tmpdir(), 'dure-long-chat-'))
const node = await startNode({ DURE_DATA: data, DURE_SERVER_NAME: 'dure.test' })
const browser = await startBrowser()
try {
  const startedAt = performance.now()
  const chat = await within(fillingMostMs, openLongChat(browser, node.url, messages))
  print(`${messages} messages, filled in ${seconds(startedAt)} s`)
  await measure(chat)
} finally {
  await within(stepMostMs, browser.close()).catch(say)
  await within(stepMostMs, node.end()).catch(() => node.end('SIGKILL'))
  await rm(data, { recursive: true, force: true })
}

async function measure(chat: LongChat): Promise<void> {
  const { page } = chat.person
  page.setDefaultTimeout(stepMostMs)
  await watchSmoothness(page)
  await page.reload()
  await slowProcessor(page, 4)
  await page.getByText('A long story').first().waitFor()
  await readSmoothness(page)
  const toEnd = () => page.getByRole('button', { name: 'To the newest message' }).click()
  const seen = (text: string) => message(chat.person, text).waitFor()
  const scrollFar = async (direction: 1 | -1) => {
    for (let screen = 0; screen < screens; screen++) await scroll(page, direction * screenPx)
  }

  await step('opening the chat', async () => {
    await page.getByText('A long story').first().click()
    await seen('and here we are')
  })
  await step(`scrolling back over ${screens * screenPx} px`, () => scrollFar(-1), 'frames')
  await step('a message that arrives meanwhile', async () => void (await chat.say('hello from now')))
  await step('going to the newest message', async () => {
    await toEnd()
    await seen('hello from now')
  })
  await step('finding the very first message and going there', async () => {
    await page.getByRole('button', { name: 'Search in this chat' }).click()
    await page.getByRole('searchbox').fill('how it all began')
    await page.getByRole('dialog').getByText('how it all began').last().click()
    await seen('how it all began')
  })
  await step(`scrolling on over ${screens * screenPx} px`, () => scrollFar(1), 'frames')
  await step('going to the newest message again', async () => {
    await toEnd()
    await seen('hello from now')
  })
  await step('following a link to the very first message', async () => {
    const address = `/app/chats/${encodeURIComponent(chat.roomId)}?event=${encodeURIComponent(chat.first)}`
    await page.evaluate(
      `history.pushState({}, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
    )
    await seen('how it all began')
  })
  await step('and to the newest once more', async () => {
    await toEnd()
    await seen('hello from now')
  })
  await step(
    `${busySeconds * 20} messages in other chats, twenty a second, while this one is open`,
    async () => print('  ', await workDuring(page, () => chat.talkElsewhere(busySeconds * 20, 50))),
  )
  await slowProcessor(page, 1)
  await step(
    `scrolling back over ${screens * screenPx} px, on a processor as it is`,
    () => scrollFar(-1),
    'frames',
  )

  async function step(what: string, work: () => Promise<void>, frames?: 'frames'): Promise<void> {
    try {
      await within(stepMostMs, timed(what, work, frames))
    } catch (error) {
      say(error)
      print(`${what}: not done after ${stepMostMs / 1000} s`)
    }
  }

  async function timed(what: string, work: () => Promise<void>, frames?: 'frames'): Promise<void> {
    if (frames) await watchFrames(page, '[role=log]')
    const startedAt = performance.now()
    await work()
    const took = seconds(startedAt)
    const { moved, ...smoothness } = await readSmoothness(page)
    const drawn = frames && { frames: await readFrames(page) }
    const rows = await page.locator('[data-event]').count()
    print(`${what}: ${took} s`, JSON.stringify({ ...smoothness, ...drawn, rows, ...(await weigh(page)) }))
    for (const move of moved) print(`  moved ${move}`)
  }
}

/** Rejects when the work is not done in time; what becomes of it then is nobody's concern any more. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${ms / 1000} s`)), ms)
  })
  work.catch(() => undefined)
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** What went wrong costs the step that it happened in, and the command its success. */
function say(error: unknown): void {
  process.exitCode = 1
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}

function print(...words: string[]): void {
  process.stdout.write(`${words.join('  ')}\n`)
}
