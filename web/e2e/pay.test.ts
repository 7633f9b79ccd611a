import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHttpClient } from '../../server/test/support/http-client.ts'
import { register } from '../../server/test/support/person.ts'
import { readByZxing } from '../../server/test/support/qr-readers.ts'
import { openShop } from '../../server/test/support/shop.ts'
import { seriousFindings } from './support/accessible.ts'
import { chromiumPath, testBrowser } from './support/browser.ts'
import { testNode } from './support/nodes.ts'
import { acceptInvitation, type Person, signUp } from './support/person.ts'

const skip = chromiumPath === undefined && 'needs Chromium'

test('two people send and ask for money, and pay a shop both ways at the counter', { skip }, async (t) => {
  const node = await testNode(t, { DURE_WALLET_CANCEL_WINDOW: '1s' })
  const browser = await testBrowser(t)
  const mina = await signUp(browser, node.url, 'Mina')
  const jun = await signUp(browser, node.url, 'Jun', { screen: 'desktop', dark: true })
  const http = createHttpClient(node.url)
  t.after(() => http.close())
  const shop = await openShop(http, await register(http, 'owner'), { live: true })

  await topUp(mina, '50000', '₩50,000')

  await doing(mina, 'Send')
  await choosePerson(mina, jun)
  await mina.page.locator('input[name=amount]').fill('12,000')
  await mina.page.locator('input[name=note]').fill('Lunch')
  await mina.page.getByRole('button', { name: 'Send ₩12,000' }).click()
  await mina.page.getByRole('button', { name: 'Open the chat' }).click()
  await mina.page.getByText('Arrived').waitFor()
  await acceptInvitation(jun)
  await jun.page.getByText('Arrived').waitFor()
  await jun.page.getByText('Lunch').first().waitFor()

  await doing(jun, 'Ask')
  await jun.page.getByText('₩12,000').first().waitFor()
  await choosePerson(jun, mina)
  await jun.page.locator('input[name=amount]').fill('5000')
  await jun.page.getByRole('button', { name: 'Ask for ₩5,000' }).click()
  await jun.page.getByText('1 person was asked.').waitFor()
  await mina.page.getByRole('button', { name: 'Pay ₩5,000' }).click()
  await mina.page.getByText('You have paid').waitFor()

  await payAtTill(mina, shop.at(node.url))
  await scanPoster(mina, shop.at(node.url), node.url)
  await lookAtHistory(mina)
  await limit(mina)

  for (const { page } of [mina, jun]) assert.deepEqual(await seriousFindings(page), [])
  assert.deepEqual([...mina.problems, ...jun.problems], [])
})

/** The wallet, however many steps back it is. */
async function toWallet({ page }: Person): Promise<void> {
  const isOpened = (url: string) => new URL(url).pathname.split('/').length > 3
  const phone = await page.getByRole('button', { name: 'Back' }).isVisible()
  while (phone && isOpened(page.url())) {
    const before = page.url()
    await page.getByRole('button', { name: 'Back' }).click()
    await page.waitForURL((url) => url.href !== before)
  }
  await page.getByRole('navigation').getByRole('button', { name: 'Pay', exact: true }).click()
}

async function doing(person: Person, name: string): Promise<void> {
  await toWallet(person)
  await person.page.getByRole('button', { name, exact: true }).first().click()
}

async function topUp(person: Person, amount: string, shown: string): Promise<void> {
  const { page } = person
  await doing(person, 'Top up')
  await page.locator('input[name=amount]').fill(amount)
  await page.locator('input[name=account]').fill('088-110-432177')
  await page.getByRole('button', { name: `Top up ${shown}` }).click()
  await page.getByText('Done').waitFor()
  await toWallet(person)
  await page.getByText(shown, { exact: true }).first().waitFor()
}

async function choosePerson({ page }: Person, other: Person): Promise<void> {
  await page.getByRole('searchbox').last().fill(other.username)
  await page.getByText(`@${other.username}:`).last().click()
}

type Till = ReturnType<Awaited<ReturnType<typeof openShop>>['at']>

/** The shop's till scans what is on the screen. */
async function payAtTill(person: Person, stripe: Till): Promise<void> {
  const { page } = person
  await doing(person, 'Pay code')
  const picture = await page.getByRole('img', { name: 'Pay code' }).screenshot()
  const [code] = await readByZxing(picture)
  const intent = await stripe.paymentIntents.create({
    amount: 4_500,
    currency: 'krw',
    confirm: true,
    payment_method_data: { type: 'wallet', wallet: { code } } as never,
  })
  assert.equal(intent.status, 'succeeded')
  await page.getByText('Paid ₩4,500').waitFor()
}

/** The person scans what hangs at the shop's door. */
async function scanPoster(person: Person, stripe: Till, url: string): Promise<void> {
  const { page } = person
  const fields = { currency: 'krw', description: 'At the door' }
  const made = (await stripe.rawRequest('POST', '/v1/payment_codes', fields)) as unknown as { id: string }
  const image = await (await fetch(`${url}/checkout/codes/${made.id}.png`)).bytes()
  await doing(person, 'Scan')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Read a picture' }).click()
  await (await chooser).setFiles({ name: 'door.png', mimeType: 'image/png', buffer: Buffer.from(image) })
  await page.getByText('At the door').waitFor()
  await page.locator('input[name=amount]').fill('3000')
  await page.getByRole('button', { name: 'Pay ₩3,000' }).click()
  await page.getByText('Receipt of the shop').waitFor()
}

async function lookAtHistory(person: Person): Promise<void> {
  const { page } = person
  await doing(person, 'History')
  await page
    .getByText(/₩50,000 in, ₩24,500 out/)
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'In', exact: true }).click()
  await page.getByRole('button', { name: /Top up/ }).waitFor()
  await page.getByRole('button', { name: 'Out', exact: true }).click()
  await page.getByRole('searchbox').fill('tea')
  await page.getByRole('button', { name: /-₩4,500/ }).click()
  await page.getByText('Balance after it').waitFor()
}

/** Lower limits than the server's hold at once. */
async function limit(person: Person): Promise<void> {
  const { page } = person
  await toWallet(person)
  await page.getByRole('button', { name: /^Limits/ }).click()
  await page.getByText('₩24,500 of ₩5,000,000 spent today').waitFor()
  assert.deepEqual(await seriousFindings(page), [])
  await page.getByLabel('For one payment').fill('none')
  await page.getByText('Type an amount above zero.').waitFor()
  await page.getByLabel('For one payment').fill('1,000')
  await page.getByLabel('For one day').fill('30,000')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('₩24,500 of ₩30,000 spent today').waitFor()
  await toWallet(person)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('searchbox').last().fill('jun')
  await page.getByText('@jun:').last().click()
  await page.locator('input[name=amount]').fill('1001')
  await page.getByRole('button', { name: 'Send ₩1,001' }).click()
  await page.getByText('This is more than your limits allow.').waitFor()
}
