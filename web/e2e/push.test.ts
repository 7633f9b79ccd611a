import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CDPSession, Page, Worker } from 'playwright-core'
import { browserSubscription, pushService } from '../../server/src/services/push/web-push/testing.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { acceptInvitation, goToSection, message, say, signUp, startChatWith } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('a message reaches somebody who has closed the app, through the push service of their browser', {
  skip,
}, async (t) => {
  const node = await testNode(t, { DURE_OUTGOING_PRIVATE_NETWORKS: '127.0.0.0/8' })
  const browser = await testBrowser(t)
  const service = await pushService(t)
  const subscription = browserSubscription()
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await say(jun, 'before you go')
  await message(mina, 'before you go').waitFor()

  // A browser's own push service is out of reach here: the subscription is one of the test's, its keys are real.
  await mina.page.evaluate(`PushManager.prototype.subscribe = async () => ({
    toJSON: () => (${JSON.stringify({ endpoint: `${service.url}/push/mina`, keys: subscription.keys })}),
  })`)
  const deliver = await pushDelivery(mina.page, node.url)
  const next = async () => subscription.decrypt((await service.next()).body).toString()
  await mina.page.getByRole('button', { name: 'Back' }).click()
  await goToSection(mina, 'More')
  await mina.page.getByRole('button', { name: 'Notifications', exact: true }).click()
  await mina.page.getByRole('switch', { name: 'While Dure is closed' }).click()
  await mina.page.getByRole('switch', { name: 'While Dure is closed', checked: true }).waitFor()
  await deliver(await next())

  await mina.page.goto('about:blank')
  await say(jun, 'are you still there?')
  await deliver(await next())
  const shown = await notification(mina.page)
  assert.equal(shown.title, 'Jun')
  assert.equal(shown.body, 'New message')

  await mina.page.goto(`${node.url}/app/people`)
  await goToSection(mina, 'Chats')
  await workerOf(mina.page).evaluate(`self.clients.matchAll().then(([window]) =>
    window.postMessage({ kind: 'open-chat', ...${JSON.stringify(shown.data)} }))`)
  await message(mina, 'are you still there?').waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** Hands messages to the page's service worker, as the browser does with what its push service brings. */
async function pushDelivery(page: Page, url: string): Promise<(data: string) => Promise<void>> {
  const session: CDPSession = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [registration] = registrations
      if (registration) resolve(registration.registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  const registrationId = await registered
  return async (data) => {
    await session.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data })
  }
}

type Shown = { title: string; body: string; data: { roomId: string; eventId: string } }

async function notification(page: Page): Promise<Shown> {
  for (let tries = 0; tries < 300; tries++) {
    const [shown] = (await workerOf(page).evaluate(`self.registration.getNotifications().then((all) =>
      all.map(({ title, body, data }) => ({ title, body, data })))`)) as Shown[]
    if (shown) return shown
    await page.waitForTimeout(100)
  }
  throw new Error('nothing is shown')
}

function workerOf(page: Page): Worker {
  const [worker] = page.context().serviceWorkers()
  if (!worker) throw new Error('the page has no service worker')
  return worker
}
