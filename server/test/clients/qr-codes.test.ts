import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import sharp from 'sharp'
import { testApp } from '../../src/platform/testing/app.ts'
import { pngOf, svgOf } from '../../src/services/checkout/codes/image.ts'
import { checkoutFixture } from '../../src/services/checkout/testing.ts'
import { encodeCode } from '../../src/services/wallet/counter/code-payload.ts'
import { readByZbar, readByZxing, zbarMissing } from '../support/qr-readers.ts'

/** A node draws nothing that others have sent, so it has no reader of SVG; this one is our own. */
async function draw(svg: Buffer, side = 600): Promise<Buffer> {
  sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] })
  return sharp(svg).resize(side, side).png().toBuffer()
}

test('zbar and ZXing read what the images of a shop hold', async (t) => {
  const app = await testApp(t)
  const shop = await checkoutFixture(app)
  const poster = await shop.post('/v1/payment_codes', { currency: 'krw', description: '두레 찻집 ☕' })
  const intent = await shop.post('/v1/payment_intents', { amount: '4500', currency: 'krw' })
  const once = await shop.post('/v1/payment_codes', { payment_intent: intent.id })
  for (const { data, image_url_png, image_url_svg } of [poster, once]) {
    const image = async (url: string) => {
      const answer = await app.http.inject({ url: new URL(url).pathname })
      assert.equal(answer.statusCode, 200)
      return answer.rawPayload
    }
    const drawn = await draw(await image(image_url_svg))
    for (const png of [await image(image_url_png), drawn]) {
      assert.deepEqual(await readByZxing(png), [data])
      if (zbarMissing === false) assert.deepEqual(readByZbar(png), [data])
    }
  }
  if (zbarMissing !== false) t.diagnostic(`not read by zbar: ${zbarMissing}`)
})

test('zbar and ZXing read the one-time codes of people', async (t) => {
  for (let count = 0; count < 10; count++) {
    const payload = encodeCode(randomBytes(16))
    const png = await pngOf(payload)
    assert.deepEqual(await readByZxing(png), [payload])
    if (zbarMissing === false) assert.deepEqual(readByZbar(png), [payload])
  }
  if (zbarMissing !== false) t.diagnostic(`not read by zbar: ${zbarMissing}`)
})

test('a sign that is scratched, blurred and turned is still read', async () => {
  const payload = encodeCode(randomBytes(16))
  const size = 600
  const scratch = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><path d="M250 300L420 330" stroke="#fff" stroke-width="26"/></svg>`,
  )
  const drawn = await draw(Buffer.from(svgOf(payload)), size)
  const worn = await sharp(drawn)
    .composite([{ input: scratch }])
    .rotate(8, { background: '#fff' })
    .blur(1.5)
    .png()
    .toBuffer()
  assert.deepEqual(await readByZxing(worn), [payload])
})
