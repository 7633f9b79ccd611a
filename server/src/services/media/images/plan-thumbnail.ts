export type ThumbnailRequest = {
  width: number
  height: number
  method: 'crop' | 'scale'
  animated: boolean
}

/** What is made and remembered for all requests that it satisfies. */
export type Variant = {
  /** Undefined: the whole image. */
  box: { width: number; height: number; method: 'crop' | 'scale' } | undefined
  animated: boolean
  /** Unique per variant. */
  key: string
}

export type Size = { width: number; height: number }
/** The size to bring the upright image to: the whole of it, or - `cover` - its middle, cut to that size's aspect. */
export type Plan = Size & { fit: 'fill' | 'cover' }

/** The sizes that the specification asks for, and larger ones for dense screens. */
const scaleSizes: readonly Size[] = [
  { width: 96, height: 96 },
  { width: 320, height: 240 },
  { width: 640, height: 480 },
  { width: 800, height: 600 },
  { width: 1280, height: 960 },
  { width: 2048, height: 2048 },
]
const squareSizes = [32, 96, 192, 320, 640, 1024, 2048]
const sideMax = 2048

/**
 * Rounds a request up to one of few sizes, so that asking for every size does not fill the disk. What is larger than
 * all of them gets the whole image; a crop that is no square keeps its exact size, because it must keep its aspect.
 * https://spec.matrix.org/v1.19/client-server-api/#thumbnails
 */
export function chooseVariant({ width, height, method, animated }: ThumbnailRequest): Variant {
  const box = chooseBox(width, height, method)
  const name = box ? `${box.method} ${box.width}x${box.height}` : 'whole'
  return { box, animated, key: animated ? `${name} animated` : name }
}

function chooseBox(width: number, height: number, method: 'crop' | 'scale'): Variant['box'] {
  if (Math.max(width, height) > sideMax) return undefined
  if (method === 'scale') {
    const size = scaleSizes.find((each) => each.width >= width && each.height >= height)
    return size && { ...size, method }
  }
  if (width !== height) return { width, height, method }
  const side = squareSizes.find((each) => each >= width) ?? sideMax
  return { width: side, height: side, method }
}

/**
 * How to get from an image to a variant of it: never larger than the image, never smaller than asked for unless the
 * image is. Undefined when the image itself is the answer.
 */
export function planThumbnail(image: Size, { box }: Variant): Plan | undefined {
  if (!box || (image.width <= box.width && image.height <= box.height)) return undefined
  // At this factor the image just covers the box.
  const factor = Math.max(box.width / image.width, box.height / image.height)
  if (box.method === 'scale') return factor < 1 ? { ...times(image, factor), fit: 'fill' } : undefined
  // An image too narrow or too low for the box gives the largest cut of the box's aspect that it has.
  return { ...times(box, Math.min(1, 1 / factor)), fit: 'cover' }
}

function times({ width, height }: Size, factor: number): Size {
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}
