import sharp, { type Metadata, type Sharp } from 'sharp'
import { refuse } from '../refusals.ts'
import { type Plan, planThumbnail, type Size, type Variant } from './plan-thumbnail.ts'
import { type ImageType, isAnimatedPng, sniffImage } from './sniff.ts'

/** `bytes` undefined: the source itself is the thumbnail, with this type. */
export type Rendered = { bytes: Buffer | undefined; contentType: string }

const secondsMax = 20
/** What a client may get as a thumbnail without our drawing it anew. */
const servable: readonly ImageType[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

/**
 * Lets libvips decode the formats that thumbnails are made of, from memory, and nothing else: no SVG, no PDF, no files.
 * It holds for the whole process, as do one thread per picture and no cache of operations, which nobody repeats.
 */
export function hardenDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: [
      'VipsForeignLoadPngBuffer',
      'VipsForeignLoadJpegBuffer',
      'VipsForeignLoadNsgifBuffer',
      'VipsForeignLoadWebpBuffer',
      'VipsForeignLoadHeifBuffer',
    ],
  })
  sharp.concurrency(1)
  sharp.cache(false)
}

/**
 * Makes a thumbnail, on threads of its own. The picture is turned upright, metadata (places, names) is left out, and its
 * dimensions are judged from its header, before a pixel is decoded. Throws `media.not_thumbnailable` for what is no
 * whole picture, `media.too_large_to_thumbnail` beyond `pixelsMax` pixels over all frames that are needed.
 */
export async function renderThumbnail(
  source: Buffer,
  variant: Variant,
  options: { pixelsMax: number },
): Promise<Rendered> {
  const type = sniffImage(source)
  if (!type) throw refuse('media.not_thumbnailable')
  const image = await inspect(source)
  const pages = image.pages ?? 1
  const frameHeight = image.pageHeight ?? image.height
  const framePixels = image.width * frameHeight
  if (framePixels > options.pixelsMax) throw refuse('media.too_large_to_thumbnail')
  // A film with more pixels than we want to touch is shown by its first frame.
  const animated = variant.animated && pages > 1 && framePixels * pages <= options.pixelsMax

  const plan = planThumbnail(uprightSize(image), variant)
  const moves = pages > 1 || (type === 'image/png' && isAnimatedPng(source))
  if (!plan && servable.includes(type) && (!moves || variant.animated))
    return { bytes: undefined, contentType: type }
  const picture = draw(source, plan, animated, options)
  return encode(picture, { animated, transparent: image.hasAlpha })
}

/** The size of a picture as it is shown, from its header. */
export async function readSize(source: Buffer): Promise<Size> {
  const image = await inspect(source)
  return uprightSize(image)
}

function uprightSize(image: Metadata): Size {
  const frameHeight = image.pageHeight ?? image.height
  return turned(image)
    ? { width: frameHeight, height: image.width }
    : { width: image.width, height: frameHeight }
}

async function inspect(source: Buffer): Promise<Metadata> {
  try {
    return await sharp(source, { limitInputPixels: false }).metadata()
  } catch (cause) {
    throw Object.assign(refuse('media.not_thumbnailable'), { cause })
  }
}

/** Orientations from 5 on lie on their side. https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf */
function turned({ orientation }: Metadata): boolean {
  return orientation !== undefined && orientation >= 5
}

function draw(
  source: Buffer,
  plan: Plan | undefined,
  animated: boolean,
  options: { pixelsMax: number },
): Sharp {
  const picture = sharp(source, {
    animated,
    failOn: 'error',
    limitInputPixels: options.pixelsMax,
    sequentialRead: true,
  })
    .timeout({ seconds: secondsMax })
    .autoOrient()
  return plan ? picture.resize(plan) : picture
}

async function encode(
  picture: Sharp,
  { animated, transparent }: { animated: boolean; transparent: boolean },
): Promise<Rendered> {
  try {
    if (animated) return { bytes: await picture.webp({ quality: 75 }).toBuffer(), contentType: 'image/webp' }
    if (transparent) return { bytes: await picture.png().toBuffer(), contentType: 'image/png' }
    return { bytes: await picture.jpeg({ quality: 80 }).toBuffer(), contentType: 'image/jpeg' }
  } catch (cause) {
    throw Object.assign(refuse('media.not_thumbnailable'), { cause })
  }
}
