import type { JsonObject } from '../../../platform/json.ts'
import { OutgoingError } from '../../../platform/outgoing/errors.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import type { MediaSettings } from '../config.ts'
import { createWorkLimit } from '../images/work-limit.ts'
import { refuse } from '../refusals.ts'
import { type PageFacts, pageFacts } from './page-facts.ts'
import { pageText } from './page-text.ts'
import { type Picture, type PictureDeps, storePicture } from './store-picture.ts'
import { readPreview, rememberPreview } from './stored-previews.ts'

type PreviewSettings = Pick<
  MediaSettings,
  'urlPreviews' | 'urlPreviewTimeout' | 'urlPreviewLifetime' | 'thumbnailPixelsMax'
>

export type Previews = {
  /** What a page says about itself, in OpenGraph's words. Throws `media.preview_unavailable` where there is nothing to show. */
  preview(url: string): Promise<JsonObject>
}

const pageBytesMax = 1024 ** 2
const redirectsMax = 5
const urlLengthMax = 2048
const pagesAtOnce = 16
const pagesWaitingMax = 200
/** After this time somebody may ask a page again that had nothing to show. */
const failureLifetimeMs = 600_000
/** Clients go on showing a preview that they have. */
const pictureLifetimeMs = 7 * 24 * 3_600_000

/**
 * Previews of web pages, each found out once for everybody and kept in the database for a while. However many ask at once, a node calls
 * a page once. Whoever asks learns nothing about networks that are not open to everybody: a page there, a page that does not exist and one
 * that says nothing are the same refusal.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url
 */
export function createPreviews(deps: PictureDeps, serverName: string, settings: PreviewSettings): Previews {
  const asking = new Map<string, Promise<JsonObject | null>>()
  const pages = createWorkLimit({ atOnce: pagesAtOnce, waitingMax: pagesWaitingMax })

  async function findOut(url: string): Promise<JsonObject | null> {
    const known = await readPreview(deps, url)
    if (known !== undefined) return known
    const answer = await pages.run(() => ask(url))
    const lifetimeMs = answer === null ? failureLifetimeMs : settings.urlPreviewLifetime
    await rememberPreview(deps, url, { answer, expiresAtMs: deps.clock.now() + lifetimeMs })
    return answer
  }

  async function ask(url: string): Promise<JsonObject | null> {
    const facts = await unlessUnavailable(deps, () => readPage(deps, url, settings.urlPreviewTimeout))
    if (!facts) return null
    const picture = facts.picture
    const stored =
      picture === undefined
        ? undefined
        : await unlessUnavailable(deps, () => {
            return storePicture(deps, picture, {
              timeoutMs: settings.urlPreviewTimeout,
              pixelsMax: settings.thumbnailPixelsMax,
              keptUntilMs: deps.clock.now() + settings.urlPreviewLifetime + pictureLifetimeMs,
            })
          })
    return answerOf(facts, stored, serverName)
  }

  return {
    async preview(given) {
      const url = previewable(given)
      if (!settings.urlPreviews) throw refuse('media.preview_unavailable')
      let answer = asking.get(url)
      if (!answer) {
        answer = findOut(url).finally(() => asking.delete(url))
        asking.set(url, answer)
      }
      const found = await answer
      if (found === null) throw refuse('media.preview_unavailable')
      return found
    },
  }
}

/** The URL as it is asked for and remembered. */
function previewable(given: string): string {
  const url = given.length <= urlLengthMax ? URL.parse(given) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw refuse('media.preview_url_invalid')
  url.hash = ''
  return url.href
}

async function readPage({ outgoing }: PictureDeps, url: string, timeoutMs: number): Promise<PageFacts> {
  const answer = await outgoing.send({
    url,
    headers: { accept: 'text/html,application/xhtml+xml;q=0.9,image/*;q=0.5' },
    timeoutMs,
    bodyBytesMax: pageBytesMax,
    truncate: true,
    redirectsMax,
  })
  if (answer.status !== 200) throw new Error(`the page is answered with ${answer.status}`)
  const type = answer.headers['content-type'] ?? ''
  if (/^image\//i.test(type)) return { picture: answer.url }
  if (!/^(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) throw new Error('the answer is no page')
  return pageFacts(pageText(answer.body, type), answer.url)
}

/** The far side's trouble, and pictures that are none, mean that there is nothing to show; ours is thrown. */
async function unlessUnavailable<Value>(
  { log }: PictureDeps,
  work: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Outage) throw error
    const problem = error instanceof OutgoingError ? error.problem : 'content'
    const isExpected = error instanceof OutgoingError || error instanceof Refusal
    log.debug({ problem, ...(!isExpected && { err: error }) }, 'a page or its picture cannot be shown')
    return undefined
  }
}

function answerOf(facts: PageFacts, picture: Picture | undefined, serverName: string): JsonObject | null {
  if (facts.title === undefined && facts.description === undefined && !picture) return null
  const { title, description, siteName, type, locale, url, pictureText } = facts
  const texts = {
    'og:title': title,
    'og:description': description,
    'og:site_name': siteName,
    'og:type': type,
    'og:locale': locale,
    'og:url': url,
  }
  return {
    ...Object.fromEntries(
      Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    ...(picture && {
      'og:image': `mxc://${serverName}/${picture.mediaId}`,
      'og:image:type': picture.contentType,
      'og:image:width': picture.width,
      'og:image:height': picture.height,
      ...(pictureText !== undefined && { 'og:image:alt': pictureText }),
      'matrix:image:size': picture.sizeBytes,
    }),
  }
}
