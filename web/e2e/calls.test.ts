import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import {
  acceptInvitation,
  goToSection,
  type Person,
  signUp,
  startChatWith,
  talkingPair,
} from './support/person.ts'
import { startTurn, turnMissing } from './support/turn.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('two people see and hear each other, and the chat tells how long they talked', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const { mina, jun } = await talkingPair(browser, node.url)

  await mina.page.getByRole('button', { name: 'Video call' }).click()
  const accept = jun.page.getByRole('button', { name: 'Accept', exact: true })
  await accept.waitFor()
  assert.deepEqual(await seriousFindings(jun.page), [])
  await accept.click()
  for (const person of [mina, jun]) await seesTheOther(person)
  assert.deepEqual(await seriousFindings(mina.page), [])

  await mina.page.getByRole('button', { name: 'Camera off' }).click()
  await seesTheOther(mina)
  await jun.page.locator('video[class*=remote][class*=hidden]').waitFor({ state: 'attached' })
  await mina.page.getByRole('button', { name: 'Mute' }).click()
  await mina.page.getByRole('button', { name: 'Mute', pressed: true }).waitFor()
  await jun.page.getByRole('button', { name: 'Hang up' }).click()
  for (const { page } of [mina, jun]) {
    await page.getByRole('button', { name: 'Hang up' }).waitFor({ state: 'detached' })
    await page.locator('[data-event]', { hasText: /Video call\s*\d+:\d\d/ }).waitFor()
  }
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('a call can be declined, and both sides are told', { skip }, async (t) => {
  const node = await testNode(t)
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun')
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await mina.page.getByRole('button', { name: 'Voice call' }).click()
  await jun.page.getByRole('button', { name: 'Decline' }).click()
  await mina.page.getByText('The call was declined.').waitFor()
  for (const { page } of [mina, jun])
    await page.locator('[data-event]', { hasText: /Voice call\s*Declined/ }).waitFor()
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

test('a call goes through the relay alone when a person wants to hide their address', {
  skip: skip !== false ? skip : turnMissing,
}, async (t) => {
  const node = await testNode(t, await startTurn(t))
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina', { screen: 'desktop' })
  const jun = await signUp(browser, node.url, 'Jun', { screen: 'desktop', dark: true })
  for (const { page } of [mina, jun]) await page.evaluate(keepConnections)
  for (const person of [mina, jun]) {
    await goToSection(person, 'More')
    await person.page.getByRole('button', { name: 'Security' }).click()
    await person.page.getByRole('switch', { name: 'Hide my address in calls' }).click()
    await person.page.getByRole('switch', { name: 'Hide my address in calls', checked: true }).waitFor()
    assert.deepEqual(await seriousFindings(person.page), [])
    await goToSection(person, 'Chats')
  }
  await startChatWith(mina, jun)
  await acceptInvitation(jun)
  await mina.page.getByRole('button', { name: 'Video call' }).click()
  await jun.page.getByRole('button', { name: 'Accept', exact: true }).click()
  for (const person of [mina, jun]) {
    await seesTheOther(person)
    const paths = await person.page.evaluate(candidatesInUse)
    assert.deepEqual(paths, [{ local: 'relay', remote: 'relay' }])
  }
  await jun.page.getByRole('button', { name: 'Hang up' }).click()
  await mina.page.getByRole('button', { name: 'Hang up' }).waitFor({ state: 'detached' })
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** Keeps what the page connects with, to look at what is used. */
const keepConnections = `
  window.connections = []
  const Connection = RTCPeerConnection
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings)
      window.connections.push(this)
    }
  }
  undefined`

/** Of which kind both ends of the pairs are that carry the call. */
const candidatesInUse = `(async () => {
  const found = []
  for (const connection of window.connections) {
    const stats = await connection.getStats()
    for (const report of stats.values()) {
      if (report.type !== 'transport' || !report.selectedCandidatePairId) continue
      const pair = stats.get(report.selectedCandidatePairId)
      if (pair.bytesReceived === 0) continue
      const kind = (id) => stats.get(id).candidateType
      found.push({ local: kind(pair.localCandidateId), remote: kind(pair.remoteCandidateId) })
    }
  }
  return found
})()`

/** Until the picture of the other side moves. */
async function seesTheOther({ page }: Person): Promise<void> {
  await page.getByRole('timer').waitFor()
  await page.waitForFunction(
    `[...document.querySelectorAll('video')].some((video) =>
      video.className.includes('remote') && video.videoWidth > 0 && !video.paused)`,
  )
}
