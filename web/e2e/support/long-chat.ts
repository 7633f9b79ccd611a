import type { Browser, Page } from 'playwright-core'
import { type Person, signIn } from './person.ts'
import { createSeeder } from './seed.ts'

const writers = 8
const loopsEach = 6

/** A chat with a long history, filled through the server's own API, and Mina before it at her phone. */
export async function openLongChat(browser: Browser, url: string, messages: number): Promise<LongChat> {
  const seed = createSeeder(url)
  const mina = await seed.person('mina', 'Mina')
  const others = await Promise.all(
    Array.from({ length: writers }, (_, index) => seed.person(`friend${index}`, `Friend ${index}`)),
  )
  const roomId = await seed.room(mina, others, { name: 'A long story' })
  const first = await seed.say(mina, roomId, 'how it all began')
  let written = 1
  const write = async (index: number) => {
    const person = others[index % writers] ?? mina
    while (written < messages) await seed.say(person, roomId, sentence(written++))
  }
  await Promise.all(Array.from({ length: writers * loopsEach }, (_, index) => write(index)))
  const last = await seed.say(mina, roomId, 'and here we are')
  await seed.read(mina, roomId, last)
  const person = await signIn(browser, url, 'Mina')
  await person.page.getByText('A long story').first().waitFor()
  return { person, first, roomId, say: (body) => seed.say(others[0] ?? mina, roomId, body) }
}

export type LongChat = {
  person: Person
  roomId: string
  /** The event of the very first message. */
  first: string
  say: (body: string) => Promise<string>
}

/** Of different lengths, as people write. */
function sentence(index: number): string {
  const words =
    'the rain came over the hills and we waited under the old tree until it was light again'.split(' ')
  return `${index}: ${words.slice(0, 3 + ((index * 7) % 14)).join(' ')}`
}

const turnPx = 600

/** Turns the wheel back over a list, one turn a frame: as far and as fast as a person in search of something. */
export async function scrollBack(page: Page, distancePx: number): Promise<void> {
  await page.mouse.move(195, 400)
  for (let turned = 0; turned < distancePx; turned += turnPx) {
    await page.mouse.wheel(0, -turnPx)
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
  }
}
