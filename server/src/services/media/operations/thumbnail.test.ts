import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { sql } from '../../../platform/db/sql.ts'
import { type MediaNode, mediaFixture, noise, refusalOf, thumbnailPath } from '../testing.ts'

type Rgb = { r: number; g: number; b: number; alpha?: number }
const red: Rgb = { r: 255, g: 0, b: 0 }

const picture = (width: number, height: number, background: Rgb = red) =>
  sharp({ create: { width, height, channels: background.alpha === undefined ? 3 : 4, background } })

async function thumbnail(node: MediaNode, mediaId: string, query: string) {
  const answer = await node.call('GET', thumbnailPath(mediaId, query), { as: 'bob' })
  assert.equal(answer.status, 200, query)
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { bytes, headers: answer.headers, image: await sharp(bytes).metadata() }
}

const refused = (node: MediaNode, mediaId: string, query: string) =>
  refusalOf(node.call('GET', thumbnailPath(mediaId, query), { as: 'bob' }))

test('thumbnails have the size and aspect asked for', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(await picture(1600, 900).jpeg().toBuffer(), { type: 'image/jpeg' })
  for (const [query, width, height] of [
    ['width=32&height=32&method=crop', 32, 32],
    ['width=320&height=240&method=scale', 427, 240],
    ['width=640&height=480', 853, 480],
    ['width=100&height=50&method=crop', 100, 50],
  ] as const) {
    const { image, headers } = await thumbnail(node, id, query)
    assert.deepEqual([image.width, image.height, image.format], [width, height, 'jpeg'])
    assert.equal(headers.get('content-type'), 'image/jpeg')
    assert.equal(headers.get('content-disposition'), 'inline; filename="thumbnail.jpg"')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  }
})

test('transparency stays, places and cameras do not', async (t) => {
  const node = await mediaFixture(t)
  const clear = await picture(500, 500, { ...red, alpha: 0.5 })
    .png()
    .toBuffer()
  const { image } = await thumbnail(node, await node.upload(clear), 'width=96&height=96&method=crop')
  assert.deepEqual([image.format, image.hasAlpha], ['png', true])

  const photo = await picture(500, 500)
    .withExif({ IFD3: { GPSLatitude: '37/1 24/1 0/1' } })
    .jpeg()
    .toBuffer()
  assert.ok((await sharp(photo).metadata()).exif)
  const shown = await thumbnail(node, await node.upload(photo), 'width=96&height=96&method=crop')
  assert.equal(shown.image.exif, undefined)
})

test('a photo taken with the camera on its side is turned upright', async (t) => {
  const node = await mediaFixture(t)
  const photo = await picture(1000, 500).withMetadata({ orientation: 6 }).jpeg().toBuffer()
  const { image } = await thumbnail(node, await node.upload(photo), 'width=96&height=96&method=scale')
  assert.deepEqual([image.width, image.height, image.orientation], [96, 192, undefined])
})

test('a small image is given as it was uploaded', async (t) => {
  const node = await mediaFixture(t)
  const small = await picture(20, 20).png().toBuffer()
  const { bytes, headers } = await thumbnail(
    node,
    await node.upload(small, { type: 'text/html' }),
    'width=96&height=96',
  )
  assert.deepEqual(bytes, small)
  // Its type is what it is, not what somebody said it was.
  assert.equal(headers.get('content-type'), 'image/png')
})

async function film(frames: number, side = 200) {
  const one = side * side * 3
  const raw = Buffer.alloc(frames * one)
  for (let frame = 0; frame < frames; frame++) raw.fill(frame * 60, frame * one, (frame + 1) * one)
  const image = sharp(raw, { raw: { width: side, height: side * frames, channels: 3, pageHeight: side } })
  return image.gif({ delay: Array(frames).fill(100) }).toBuffer()
}

test('a film moves when asked to, and stands still otherwise, also when it is small', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(await film(4), { type: 'image/gif' })
  const pages = async (query: string) => (await thumbnail(node, id, query)).image
  const moving = await pages('width=96&height=96&method=crop&animated=true')
  assert.deepEqual(
    [moving.format, moving.pages, moving.width, moving.pageHeight ?? moving.height],
    ['webp', 4, 96, 96],
  )
  for (const still of [
    'width=96&height=96&method=crop',
    'width=96&height=96&animated=false',
    'width=900&height=900',
  ])
    assert.equal((await pages(still)).pages ?? 1, 1, still)
  assert.equal((await pages('width=900&height=900&animated=true')).pages, 4)
})

test('a film with too many pixels shows its first frame', async (t) => {
  const node = await mediaFixture(t, { settings: { thumbnailPixelsMax: 3 * 200 * 200 } })
  const id = await node.upload(await film(4), { type: 'image/gif' })
  const { image } = await thumbnail(node, id, 'width=96&height=96&method=crop&animated=true')
  assert.equal(image.pages ?? 1, 1)
})

test('WebP and AVIF are thumbnailed too', async (t) => {
  const node = await mediaFixture(t)
  for (const bytes of [
    await picture(300, 300).webp().toBuffer(),
    await picture(300, 300).avif({ effort: 0 }).toBuffer(),
  ]) {
    const { image } = await thumbnail(node, await node.upload(bytes), 'width=96&height=96&method=crop')
    assert.deepEqual([image.width, image.height], [96, 96])
  }
})

test('what is no image, or pretends to be one, is refused', async (t) => {
  const node = await mediaFixture(t)
  const png = await picture(300, 300).png().toBuffer()
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="/etc/passwd"/></svg>'
  const hostile: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    noise: Buffer.from(noise(5000)),
    svg: Buffer.from(svg),
    pdf: Buffer.from('%PDF-1.7\n'),
    'signature only': png.subarray(0, 8),
    'header only': png.subarray(0, 40),
    'script in PNG clothes': Buffer.concat([png.subarray(0, 8), Buffer.from(svg)]),
    'broken JPEG': Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(noise(500))]),
    'broken GIF': Buffer.concat([Buffer.from('GIF89a'), Buffer.from(noise(500))]),
  }
  for (const [name, bytes] of Object.entries(hostile)) {
    const id = await node.upload(bytes, { type: 'image/png' })
    assert.deepEqual(await refused(node, id, 'width=96&height=96&method=crop'), [400, 'M_UNKNOWN'], name)
  }
})

test('an image that ends too early is refused', async (t) => {
  const node = await mediaFixture(t)
  const whole = await sharp(Buffer.from(noise(3 * 400 * 400)), {
    raw: { width: 400, height: 400, channels: 3 },
  })
    .jpeg()
    .toBuffer()
  const id = await node.upload(whole.subarray(0, whole.length / 2), { type: 'image/jpeg' })
  assert.deepEqual(await refused(node, id, 'width=96&height=96&method=crop'), [400, 'M_UNKNOWN'])
})

test('an image that is also something else shows as the image and nothing more', async (t) => {
  const node = await mediaFixture(t)
  const polyglot = Buffer.concat([
    await picture(300, 300).jpeg().toBuffer(),
    Buffer.from('<script>alert(1)</script>'),
  ])
  const { bytes } = await thumbnail(node, await node.upload(polyglot), 'width=96&height=96&method=crop')
  assert.ok(!bytes.includes('<script>'))
})

test('a bomb is judged by its header: refused at once, without decoding', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(hugePng(30_000, 30_000), { type: 'image/png' })
  assert.deepEqual(await refused(node, id, 'width=96&height=96&method=crop'), [413, 'M_TOO_LARGE'])
})

test('an image file beyond the size for thumbnails is refused', async (t) => {
  const node = await mediaFixture(t, { settings: { thumbnailSourceBytesMax: 1000 } })
  const id = await node.upload(
    await sharp(Buffer.from(noise(30_000)), { raw: { width: 100, height: 100, channels: 3 } })
      .png()
      .toBuffer(),
  )
  assert.deepEqual(await refused(node, id, 'width=96&height=96&method=crop'), [413, 'M_TOO_LARGE'])
})

test('a request that makes no sense is refused', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(await picture(300, 300).png().toBuffer())
  for (const query of [
    'width=-1&height=5',
    'width=0&height=5',
    'width=1.5&height=5',
    'width=a&height=5',
    'width=9999999999&height=1',
    'width=5&height=5&method=fit',
    'width=5&height=5&animated=yes',
  ])
    assert.deepEqual(await refused(node, id, query), [400, 'M_INVALID_PARAM'], query)
  assert.deepEqual(await refused(node, id, 'height=5'), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(await refused(node, 'nothing', 'width=5&height=5'), [404, 'M_NOT_FOUND'])
})

test('many who ask at the same time cause one thumbnail, which is stored and outlives the node', async (t) => {
  const { nodes } = await mediaFixture(t, { nodes: 2 })
  const [node, other] = nodes as [MediaNode, MediaNode]
  const id = await node.upload(await picture(1000, 1000).png().toBuffer())
  const query = 'width=96&height=96&method=crop'
  const answers = await Promise.all(Array.from({ length: 20 }, () => thumbnail(node, id, query)))
  const later = await thumbnail(other, id, 'width=50&height=50&method=crop')
  for (const { bytes } of answers) assert.deepEqual(bytes, later.bytes)
  const counts = sql`select (select count(*) from media.thumbnail) as thumbnails, (select count(*) from media.chunk) as chunks`
  assert.deepEqual(await node.platform.db.rows(counts), [{ thumbnails: 1, chunks: 2 }])
})

test('asking for every size there is fills neither disk nor time', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(await picture(120, 120).png().toBuffer())
  for (let width = 1; width <= 45; width++) await thumbnail(node, id, `width=${width}&height=99&method=crop`)
  const [row] = await node.platform.db.rows<{ n: number }>(sql`select count(*) as n from media.thumbnail`)
  assert.ok(row && row.n <= 33, `${row?.n} are stored`)
})

/** A PNG whose header claims a size that its few bytes do not have. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100_000))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
