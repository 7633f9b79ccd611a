import type { Browser, Page } from 'playwright-core'
import { type Person, signIn } from './person.ts'
import { landscape } from './pictures.ts'
import { createSeeder, type Seeded } from './seed.ts'

const writers = 8
const loopsEach = 6
/** So many more chats, in which others talk. */
const otherChats = 50

/** A chat with a long history, filled through the server's own API, and Mina before it at her phone. */
export async function openLongChat(browser: Browser, url: string, messages: number): Promise<LongChat> {
  const seed = createSeeder(url)
  const mina = await seed.person('mina', 'Mina')
  const others = await Promise.all(
    Array.from({ length: writers }, (_, index) => seed.person(`friend${index}`, `Friend ${index}`)),
  )
  const roomId = await seed.room(mina, others, { name: 'A long story' })
  const first = await seed.say(mina, roomId, 'how it all began')
  const elsewhere: string[] = []
  for (let index = 0; index < otherChats; index++)
    elsewhere.push(await seed.room(others[index % writers] ?? mina, [mina], { name: `Chat ${index}` }))
  const photo = await seed.upload(mina, await landscape(1))
  let written = 1
  const write = async (person: Seeded) => {
    let last = first
    while (written < messages) last = await writeOne(person, written++, last)
  }
  /** Mostly words, as in a chat of people; now and then an answer, a photo, a reaction. */
  const writeOne = async (person: Seeded, index: number, before: string) => {
    if (index % 40 === 0)
      return seed.send(person, roomId, 'm.room.message', {
        msgtype: 'm.image',
        body: 'view.png',
        url: photo,
        info: { w: 960, h: index % 80 === 0 ? 720 : 1280, mimetype: 'image/png' },
      })
    const answer = index % 15 === 0 && { 'm.relates_to': { 'm.in_reply_to': { event_id: before } } }
    if (index % 20 === 0) await seed.react(person, roomId, before, '👍')
    return seed.say(person, roomId, sentence(index), answer || {})
  }
  await Promise.all(
    Array.from({ length: writers * loopsEach }, (_, index) => write(others[index % writers] ?? mina)),
  )
  const last = await seed.say(mina, roomId, 'and here we are')
  await seed.read(mina, roomId, last)
  const person = await signIn(browser, url, 'Mina')
  await person.page.getByText('A long story').first().waitFor()
  return {
    person,
    first,
    roomId,
    say: (body) => seed.say(others[0] ?? mina, roomId, body),
    async talkElsewhere(count, everyMs) {
      const sent: Promise<unknown>[] = []
      for (let index = 0; index < count; index++) {
        const by = others[(index % otherChats) % writers] ?? mina
        sent.push(seed.say(by, elsewhere[index % otherChats] ?? roomId, sentence(index)))
        await new Promise((resolve) => setTimeout(resolve, everyMs))
      }
      await Promise.all(sent)
    },
  }
}

export type LongChat = {
  person: Person
  roomId: string
  /** The event of the very first message. */
  first: string
  say: (body: string) => Promise<string>
  /** Others send so many messages into fifty other chats. */
  talkElsewhere: (count: number, everyMs: number) => Promise<void>
}

/** Of different lengths, as people write. */
function sentence(index: number): string {
  const words =
    'the rain came over the hills and we waited under the old tree until it was light again'.split(' ')
  return `${index}: ${words.slice(0, 3 + ((index * 7) % 14)).join(' ')}`
}

const turnPx = 600

/** Turns the wheel over a list, one turn in two frames: as far and as fast as a person in search of something. */
export async function scroll(page: Page, distancePx: number): Promise<void> {
  await page.mouse.move(195, 400)
  for (let turned = 0; turned < Math.abs(distancePx); turned += turnPx) {
    await page.mouse.wheel(0, turnPx * Math.sign(distancePx))
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
  }
}
