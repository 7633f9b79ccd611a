import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson } from '../../identity/testing.ts'
import { checkoutFixture } from '../testing.ts'
import { languageOf } from './texts.ts'

test('a person signs in at the page, sees what they pay, and pays', async (t) => {
  const app = await testApp(t)
  const { http } = app
  const shop = await checkoutFixture(app, { name: 'Tea & <House>' })
  const payer = await registerPerson(http, 'payer')
  const session = await shop.post('/v1/checkout/sessions', {
    mode: 'payment',
    success_url: 'https://shop.example/done?s={CHECKOUT_SESSION_ID}',
    'line_items[0][quantity]': '2',
    'line_items[0][price_data][currency]': 'krw',
    'line_items[0][price_data][unit_amount]': '4500',
    'line_items[0][price_data][product_data][name]': 'Yuja <b>tea</b>',
  })
  const path = new URL(session.url).pathname
  const form = (values: Record<string, string>, cookie = '', from = 'same-origin') => ({
    payload: new URLSearchParams(values).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, 'sec-fetch-site': from },
  })

  const first = await http.inject({ url: path, headers: { 'accept-language': 'ko,en;q=0.5' } })
  assert.equal(first.statusCode, 200)
  assert.match(first.body, /₩9,000/)
  assert.match(first.body, /로그인/)
  assert(!first.body.includes('<b>tea') && !first.body.includes('<House>') && !first.body.includes('<script'))
  assert.match(String(first.headers['content-security-policy']), /default-src 'none'/)

  const signIn = (password: string, from?: string) =>
    http.inject({ method: 'POST', url: `${path}/sign-in`, ...form({ user: 'payer', password }, '', from) })
  assert.equal((await signIn('wrong')).statusCode, 403)
  assert.equal((await signIn(payer.password, 'cross-site')).statusCode, 403)
  const signedIn = await signIn(payer.password)
  assert.equal(signedIn.statusCode, 303)
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
  assert.match(String(signedIn.headers['set-cookie']), /HttpOnly; SameSite=Lax/)

  const ready = await http.inject({ url: path, headers: { cookie } })
  const token = /name="token" value="([^"]+)"/.exec(ready.body)?.[1] ?? ''
  const pay = (values: Record<string, string>, cookies = cookie) =>
    http.inject({ method: 'POST', url: `${path}/pay`, ...form(values, cookies) })
  assert.equal((await pay({ token: 'guessed', amount: '9000', currency: 'KRW' })).statusCode, 403)
  assert.equal((await pay({ token, amount: '9000', currency: 'KRW' }, '')).statusCode, 403)
  assert.equal((await pay({ token, amount: '1', currency: 'KRW' })).statusCode, 409)
  assert.equal((await pay({ token, amount: '9000', currency: 'KRW' })).statusCode, 303)

  const done = await http.inject({ url: path, headers: { cookie } })
  assert.match(done.body, /Paid\. Thank you!/)
  assert.match(done.body, /https:\/\/shop\.example\/done\?s=cs_test_/)
  const intent = await shop.get(`/v1/payment_intents/${session.payment_intent}`)
  const receipt = await http.inject({ url: `/checkout/receipts/${intent.latest_charge}` })
  assert.match(receipt.body, /₩9,000/)
  assert(!receipt.body.includes('payer'))
  assert.equal((await http.inject({ url: '/checkout/cs_test_nothing' })).statusCode, 404)
})

test('the page speaks the first language of its reader that it knows', () => {
  assert.equal(languageOf('vi-VN,vi;q=0.9,en;q=0.8'), 'vi')
  assert.equal(languageOf('fr, en;q=0.3, id;q=0.8'), 'id')
  assert.equal(languageOf('ko;q=0, xx'), 'en')
  assert.equal(languageOf(undefined), 'en')
})
