import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToSign, encodeSignedCode } from '../../src/services/wallet/counter/code-payload.ts'
import { createHttpClient, type HttpClient } from '../support/http-client.ts'
import { ok, type Person, register } from '../support/person.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

const api = '/api/wallet/v1'
const sales = 40
const repeatsMax = 200

type Receipt = { amount: string; position: number }

test('tills take the codes of a phone without a connection while a site is dark, and every receipt is in the books once', {
  timeout: 200_000,
}, async (t) => {
  const nodes = await startTwoNodes(t, {
    DURE_SERVER_NAME: 'dure.test',
    DURE_WALLET_OFFLINE_LIMITS: 'KRW 1000 100000',
  })
  const sites = nodes.urls.map((url) => createHttpClient(url))
  t.after(() => {
    for (const site of sites) site.close()
  })
  const [here, there] = sites
  assert(here && there)
  const ann = await register(here, 'ann')
  const keepers = [await register(here, 'stall'), await register(there, 'kiosk')]
  await topUp(here, ann, '60000')

  // While it is connected the phone makes its key known. From here on it says nothing to anybody.
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const key = createHash('sha256').update(spki).digest('hex').slice(0, 32)
  const body = { public_key: spki.toString('base64') }
  ok(await here.send('PUT', `${api}/offline-keys/${key}`, { token: ann.token, body }))
  const show = (number: number) => {
    const signed = bytesToSign(key, Math.floor(Date.now() / 1000), number)
    return encodeSignedCode(signed, sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
  }

  /** A till asks one site, and the other when that one is dark, until it knows. */
  async function redeem(keeper: Person, id: string, code: string, amount: string) {
    for (let tries = 0; tries < repeatsMax; tries++) {
      const site = sites[tries % 2] as HttpClient
      const sale = { token: keeper.token, body: { code, amount } }
      const answer = await site.send('PUT', `${api}/redemptions/${id}`, sale).catch(() => undefined)
      if (answer && answer.status < 500) return answer
      await sleep(50)
    }
    assert.fail('no site answered')
  }

  const receipts = new Map<string, Receipt>()
  let restarting: Promise<void> | undefined
  for (let number = 0; number < sales; number++) {
    if (number === 5 || number === 25) restarting = nodes.restart(number === 5 ? 0 : 1, 'SIGKILL')
    if (number === 24) await restarting
    const code = show(number)
    const amount = String(100 + number)
    // Two tills scan it in the same moment.
    const answers = await Promise.all(
      keepers.map((keeper, till) => redeem(keeper, `${till}.${number}`, code, amount)),
    )
    const paid = answers.filter(({ status }) => status === 200)
    assert.equal(paid.length, 1, `${answers.map(({ text }) => text)}`)
    const used = answers.find(({ status }) => status !== 200)?.json<{ code: string }>()
    assert.equal(used?.code, 'wallet.code_used')
    for (const answer of paid) receipts.set(code, answer.json<Receipt>())
  }
  await restarting

  const total = [...receipts.values()].reduce((sum, { amount }) => sum + Number(amount), 0)
  for (const site of sites) {
    const { balance } = ok(await site.send('GET', `${api}/wallets/KRW`, { token: ann.token })).json<{
      balance: string
    }>()
    assert.equal(Number(balance), 60_000 - total)
    const path = `${api}/wallets/KRW/history?kind=payment&limit=100`
    const { activities } = ok(await site.send('GET', path, { token: ann.token })).json<{
      activities: { position: number; amount: string }[]
    }>()
    const inBooks = activities.map(({ position, amount }) => [position, -Number(amount)]).sort()
    const told = [...receipts.values()].map(({ position, amount }) => [position, Number(amount)]).sort()
    assert.deepEqual(inBooks, told)
  }
  const taken = await Promise.all(
    keepers.map(async ({ token }) => {
      const answer = ok(await there.send('GET', `${api}/wallets/KRW`, { token }))
      return Number(answer.json<{ balance: string }>().balance)
    }),
  )
  assert.equal(taken[0] === undefined ? 0 : taken.reduce((sum, balance) => sum + balance, 0), total)
})

async function topUp(http: HttpClient, { token }: Person, amount: string): Promise<void> {
  const body = { direction: 'in', amount, bank_account: '088-110-432177' }
  ok(await http.send('PUT', `${api}/bank-orders/1`, { token, body }))
  for (let looks = 0; looks < repeatsMax; looks++) {
    const { state } = ok(await http.send('GET', `${api}/bank-orders/1`, { token })).json<{ state: string }>()
    if (state === 'settled') return
    await sleep(100)
  }
  assert.fail('the bank did not settle')
}
