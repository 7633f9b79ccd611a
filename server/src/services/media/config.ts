import { bytes, duration, flag, integer, type Setting, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

/** What an operator decides about media. */
export const mediaSettings = {
  uploadBytesMax: bytes('Largest file that may be uploaded.', 100 * 1024 ** 2),
  personBytesMax: bytes('Most bytes that one person may keep here.', 20 * 1024 ** 3),
  personItemsMax: integer('Most files that one person may keep here.', 100_000, { min: 1, max: 10_000_000 }),
  uploadsMax: integer('Most uploads that this node takes at the same time; each needs about 0.5 MiB.', 200, {
    min: 1,
    max: 10_000,
  }),
  reservationLifetime: duration('How long a created media ID waits for its content.', 24 * 3_600_000),
  reservationsMax: integer('Most created media IDs of one person that wait for their content.', 50, {
    min: 1,
    max: 10_000,
  }),
  stall: duration(
    'An upload that pauses for this long, or a download that takes less than 256 KiB in it, is cut off.',
    120_000,
  ),
  frozenFrom: instant(
    'Media uploaded from this moment on is not served by the deprecated endpoints, which need no login. A date such as 2025-01-31T00:00:00Z; "never" keeps them open. Default: the beginning of time.',
  ),
  thumbnailSourceBytesMax: bytes('Largest image that thumbnails are made of.', 32 * 1024 ** 2),
  thumbnailPixelsMax: integer(
    'Most pixels, over all frames, of an image that thumbnails are made of.',
    64_000_000,
    {
      min: 1,
      max: 268_000_000,
    },
  ),
  thumbnailsAtOnce: integer('How many thumbnails this node makes at the same time.', 2, { min: 1, max: 64 }),
  urlPreviews: flag(
    'Whether people are shown what the pages are about whose addresses stand in messages.',
    true,
  ),
  urlPreviewTimeout: duration(
    'How long a page may take to answer, and again its picture, until there is no preview of it.',
    10_000,
  ),
  urlPreviewLifetime: duration(
    'How long the preview of a page is used before the page is asked again.',
    24 * 3_600_000,
  ),
  cacheBytes: bytes('Memory for small files that are asked for often.', 64 * 1024 ** 2),
}

export type MediaSettings = Values<typeof mediaSettings>

/** Rate budgets of this service's routes. */
export const mediaBudgets = {
  'media-upload': { perSecond: 5, burst: 50 },
  'media-create': { perSecond: 5, burst: 50 },
  'media-read': { perSecond: 100, burst: 1000 },
  'media-thumbnail': { perSecond: 50, burst: 500 },
  'media-preview': { perSecond: 2, burst: 50 },
} satisfies Record<string, Budget>

/** Unix milliseconds; 0 when unset, infinity for "never". */
function instant(doc: string): Setting<number> {
  return {
    doc,
    fallback: 0,
    read(raw) {
      if (raw === 'never') return Number.POSITIVE_INFINITY
      const at = raw instanceof Date ? raw.getTime() : Date.parse(String(raw))
      if (Number.isNaN(at)) throw new Error('must be a date such as 2025-01-31T00:00:00Z, or never')
      return at
    },
  }
}
