import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseVariant, planThumbnail, type ThumbnailRequest } from './plan-thumbnail.ts'

const ask = (width: number, height: number, method: 'crop' | 'scale'): ThumbnailRequest => ({
  width,
  height,
  method,
  animated: false,
})
const plan = (image: [number, number], ...request: Parameters<typeof ask>) =>
  planThumbnail({ width: image[0], height: image[1] }, chooseVariant(ask(...request)))

test('the sizes that the specification names are made exactly', () => {
  assert.deepEqual(plan([4000, 3000], 32, 32, 'crop'), { width: 32, height: 32, fit: 'cover' })
  assert.deepEqual(plan([4000, 3000], 96, 96, 'crop'), { width: 96, height: 96, fit: 'cover' })
  assert.deepEqual(plan([4000, 3000], 320, 240, 'scale'), { width: 320, height: 240, fit: 'fill' })
  assert.deepEqual(plan([4000, 3000], 640, 480, 'scale'), { width: 640, height: 480, fit: 'fill' })
  assert.deepEqual(plan([4000, 3000], 800, 600, 'scale'), { width: 800, height: 600, fit: 'fill' })
})

test('an image that is smaller than asked for is given as it is', () => {
  assert.equal(plan([100, 100], 320, 240, 'scale'), undefined)
  assert.equal(plan([20, 20], 32, 32, 'crop'), undefined)
  assert.equal(plan([5000, 5000], 5000, 10, 'crop'), undefined)
})

test('a scaled image covers what was asked for, with its own aspect', () => {
  assert.deepEqual(plan([3000, 1000], 800, 600, 'scale'), { width: 1800, height: 600, fit: 'fill' })
  assert.equal(plan([3000, 500], 800, 600, 'scale'), undefined)
})

test('an image too low for a crop gives the largest cut of that aspect', () => {
  assert.deepEqual(plan([1000, 50], 96, 96, 'crop'), { width: 50, height: 50, fit: 'cover' })
})

test('no plan enlarges, and none is smaller than asked for when the image is large enough', () => {
  const side = fc.integer({ min: 1, max: 5000 })
  const method = fc.constantFrom('crop' as const, 'scale' as const)
  fc.assert(
    fc.property(side, side, side, side, method, (width, height, wantedWidth, wantedHeight, how) => {
      const made = plan([width, height], wantedWidth, wantedHeight, how)
      if (!made) return
      assert.ok(made.width >= 1 && made.width <= width && made.height >= 1 && made.height <= height)
      if (width >= wantedWidth && height >= wantedHeight && how === 'scale')
        assert.ok(made.width >= wantedWidth && made.height >= wantedHeight)
    }),
  )
})

test('squares and scaled images come in few variants, whatever sizes are asked for', () => {
  const keys = new Set<string>()
  for (let width = 1; width < 3000; width += 7) {
    keys.add(chooseVariant(ask(width, width, 'crop')).key)
    for (let height = 1; height < 3000; height += 131)
      keys.add(chooseVariant(ask(width, height, 'scale')).key)
  }
  assert.ok(keys.size <= 14, [...keys].join(', '))
})
