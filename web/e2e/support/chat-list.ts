import type { TestContext } from 'node:test'
import type { Locator } from 'playwright-core'
import { testBrowser, until } from './browser.ts'
import { testNode } from './nodes.ts'
import { type Person, signIn } from './person.ts'
import { createSeeder } from './seed.ts'

/** Mina at her phone, with a chat of two, a group and an open chat; the newest message is in the last one. */
export async function minaWithChats(t: TestContext) {
  const node = await testNode(t)
  const seed = createSeeder(node.url)
  const [mina, jun, hana] = [
    await seed.person('mina', 'Mina'),
    await seed.person('jun', 'Jun'),
    await seed.person('hana', 'Hana'),
  ]
  const direct = await seed.room(jun, [mina], { is_direct: true, preset: 'trusted_private_chat' })
  await seed.call('PUT', `client/v3/user/${encodeURIComponent(mina.userId)}/account_data/m.direct`, mina, {
    [jun.userId]: [direct],
  })
  const picnic = await seed.room(hana, [mina, jun], { name: 'Picnic' })
  const birds = await seed.room(hana, [mina, jun], { name: 'Birds', preset: 'public_chat' })
  await seed.say(jun, direct, 'good morning')
  await seed.say(hana, picnic, 'on Saturday?')
  await seed.say(jun, birds, 'a heron!')
  const browser = await testBrowser(t)
  const person = await signIn(browser, node.url, 'Mina')
  await row(person, 'Birds').getByText('a heron!').waitFor()
  // Comes above the list once the keys are made; what is touched must not move any more.
  await person.page.getByText('Make sure that you can read your messages').waitFor()
  return { mina: person, me: mina, seed, people: { jun, hana }, rooms: { direct, picnic, birds } }
}

/** The row of a chat in the list. */
export function row({ page }: Person, name: string): Locator {
  return page.locator('[class*=swipe]', {
    has: page.locator('[class*=name]').getByText(name, { exact: true }),
  })
}

/** Resolves when the list shows these chats from top to bottom. */
export async function listed({ page }: Person, names: readonly string[]): Promise<void> {
  await until(
    page,
    `JSON.stringify([...document.querySelectorAll('[class*=swipe] [class*=name]')]
      .map((row) => [row.getBoundingClientRect().top, row.textContent])
      .sort((a, b) => a[0] - b[0])
      .map(([, name]) => name)) === ${JSON.stringify(JSON.stringify(names))}`,
  )
}
