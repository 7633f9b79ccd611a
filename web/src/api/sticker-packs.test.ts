import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPack } from './sticker-packs.ts'

const cat = { url: 'mxc://dure.test/cat', body: 'a cat that waves', info: { w: 128, h: 128 } }

test('a pack gives its stickers with what they say of themselves', () => {
  const pack = { display_name: 'Cats', usage: ['sticker'] }
  assert.deepEqual(
    readPack('key', 'Room', { pack, images: { wave: cat, plain: { url: 'mxc://dure.test/plain' } } }),
    {
      key: 'key',
      name: 'Cats',
      stickers: [
        { key: 'wave', ...cat },
        { key: 'plain', url: 'mxc://dure.test/plain', body: 'plain', info: {} },
      ],
    },
  )
})

test('what is meant for the text alone, or is no address of media, is no sticker', () => {
  const images = {
    inline: { ...cat, usage: ['emoticon'] },
    elsewhere: { url: 'https://example.org/cat.png' },
    both: { ...cat, usage: ['sticker', 'emoticon'] },
  }
  const read = readPack('key', 'Room', { images })
  assert.deepEqual(
    read?.stickers.map(({ key }) => key),
    ['both'],
  )
  assert.equal(read?.name, 'Room')
  assert.equal(readPack('key', 'Room', { pack: { usage: ['emoticon'] }, images: { wave: cat } }), undefined)
  for (const content of [{}, { images: [] }, { images: { broken: null } }])
    assert.equal(readPack('key', 'Room', content), undefined)
})
