import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSites } from './sites.ts'

const a = 'https://a.dure.test'
const b = 'https://b.dure.test'
const c = 'https://c.dure.test'
type Behaviour = 'answers' | 'refuses' | 'silent' | 'drained'

/** Sites in virtual time: what each does can be changed while requests are under way. */
function world(behaviour: Record<string, Behaviour>) {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  const asked: string[] = []
  const fetchThere: typeof fetch = (input, init) => {
    const { origin, pathname } = new URL(input instanceof Request ? input.url : input)
    asked.push(`${init?.method ?? 'GET'} ${origin.slice(8, 9)} ${pathname}`)
    switch (behaviour[origin]) {
      case 'answers':
        return Promise.resolve(new Response(origin))
      case 'drained':
        return Promise.resolve(new Response('leaving', { status: 503 }))
      case 'silent':
        return new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        })
      default:
        return Promise.reject(new TypeError('connection refused'))
    }
  }
  const sites = createSites(
    {
      fetch: fetchThere,
      now: () => now,
      after(ms, run) {
        const timer = { at: now + ms, run }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
      random: () => 0.5,
    },
    a,
  )
  sites.learn([
    { name: 'a', baseUrl: a },
    { name: 'b', baseUrl: b },
    { name: 'c', baseUrl: c },
  ])
  async function pass(ms: number): Promise<void> {
    const end = now + ms
    for (;;) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      const next = timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
      if (!next) break
      timers = timers.filter((timer) => timer !== next)
      now = next.at
      next.run()
    }
    now = end
  }
  return { sites, asked, pass, behaviour }
}

test('the site of the page is asked as long as it answers', async () => {
  const { sites } = world({ [a]: 'answers', [b]: 'answers', [c]: 'answers' })
  assert.equal(await (await sites.fetch(`${a}/x`)).text(), a)
  assert.equal(sites.reach.get(), 'home')
})

test('a site that refuses is left at once, and gone back to when it lives again', async () => {
  const { sites, pass, behaviour } = world({ [a]: 'refuses', [b]: 'answers', [c]: 'answers' })
  assert.equal(await (await sites.fetch(`${a}/x`)).text(), b)
  assert.equal(sites.reach.get(), 'moved')
  behaviour[a] = 'answers'
  await pass(1000)
  assert.equal(sites.reach.get(), 'home')
  assert.equal(await (await sites.fetch(`${a}/x`)).text(), a)
})

test('a silent site is left within two and a half seconds, by everything that waits there', async () => {
  const { sites, pass } = world({ [a]: 'silent', [b]: 'answers', [c]: 'answers' })
  const waiting = Promise.all([sites.fetch(`${a}/sync`), sites.fetch(`${a}/send`, { method: 'PUT' })])
  await pass(2500)
  const answers = await waiting
  for (const answer of answers) assert.equal(await answer.text(), b)
})

test('a site that is drained hands over to the next', async () => {
  const { sites } = world({ [a]: 'drained', [b]: 'answers', [c]: 'answers' })
  assert.equal(await (await sites.fetch(`${a}/x`)).text(), b)
})

test('what must not be repeated is not repeated', async () => {
  const { sites, asked } = world({ [a]: 'refuses', [b]: 'answers', [c]: 'answers' })
  const path = '/_matrix/client/v3/createRoom'
  await assert.rejects(sites.fetch(`${a}${path}`, { method: 'POST' }), TypeError)
  assert.deepEqual(
    asked.filter((line) => line.includes(path)),
    [`POST a ${path}`],
  )
})

test('without any site it says so at once, and that one is back within two seconds', async () => {
  const { sites, pass, behaviour } = world({ [a]: 'refuses', [b]: 'refuses', [c]: 'refuses' })
  await assert.rejects(sites.fetch(`${a}/x`), TypeError)
  assert.equal(sites.reach.get(), 'offline')
  await pass(60_000)
  behaviour[c] = 'answers'
  await pass(2000)
  assert.equal(sites.reach.get(), 'moved')
  assert.equal(sites.current(), c)
})

test('a device that is connected again does not wait', async () => {
  const { sites, pass, behaviour } = world({ [a]: 'refuses', [b]: 'refuses', [c]: 'refuses' })
  await assert.rejects(sites.fetch(`${a}/x`), TypeError)
  await pass(60_000)
  behaviour[a] = 'answers'
  sites.wake()
  await pass(0)
  assert.equal(sites.reach.get(), 'home')
})

test('a request that its caller gives up ends, and says nothing about the site', async () => {
  const { sites, pass } = world({ [a]: 'silent', [b]: 'answers', [c]: 'answers' })
  const caller = new AbortController()
  const request = sites.fetch(`${a}/x`, { signal: caller.signal })
  caller.abort()
  await assert.rejects(request)
  await pass(0)
  assert.equal(sites.reach.get(), 'home')
})
