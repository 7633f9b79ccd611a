import { Parser } from 'htmlparser2'

/** What a page says about itself for others to show. Texts are of one line, of bounded length and without control characters. */
export type PageFacts = {
  title?: string
  description?: string
  siteName?: string
  type?: string
  locale?: string
  /** An absolute http or https URL, as are the others. */
  url?: string
  picture?: string
  pictureText?: string
}

/** By fact: names of `meta`, the first that a page has counts. https://ogp.me */
const names = {
  title: ['og:title', 'twitter:title'],
  description: ['og:description', 'twitter:description', 'description'],
  siteName: ['og:site_name'],
  type: ['og:type'],
  locale: ['og:locale'],
  url: ['og:url'],
  picture: ['og:image', 'og:image:url', 'og:image:secure_url', 'twitter:image', 'twitter:image:src'],
  pictureText: ['og:image:alt', 'twitter:image:alt'],
} as const
const wanted = new Set<string>(Object.values(names).flat())

const lengthMax = { title: 300, description: 1000, siteName: 200, type: 50, locale: 20, pictureText: 500 }
const urlLengthMax = 2048
/** What lies deeper is no description of a page. It also bounds the parser's work, which grows with the depth. */
const depthMax = 256
const pieceLength = 16 * 1024

/** Reads what a page says about itself; lets others have their turn between the pieces of a long one. */
export async function pageFacts(page: string, pageUrl: string): Promise<PageFacts> {
  const { meta, title } = await metaOf(page)
  const first = (given: readonly string[]) => given.map((name) => meta.get(name)).find(Boolean)
  const line = (fact: keyof typeof lengthMax) => oneLine(first(names[fact]) ?? '', lengthMax[fact])
  const facts: Record<keyof PageFacts, string> = {
    title: line('title') || oneLine(title, lengthMax.title),
    description: line('description'),
    siteName: line('siteName'),
    type: line('type'),
    locale: line('locale'),
    url: absoluteUrl(first(names.url), pageUrl),
    picture: absoluteUrl(first(names.picture), pageUrl),
    pictureText: line('pictureText'),
  }
  return Object.fromEntries(Object.entries(facts).filter(([, text]) => text !== ''))
}

async function metaOf(page: string): Promise<{ meta: ReadonlyMap<string, string>; title: string }> {
  const meta = new Map<string, string>()
  const open: string[] = []
  let title = ''
  let titles = 0
  let isTooDeep = false
  const parser = new Parser({
    onopentag(name, { property, name: plainName, content }) {
      open.push(name)
      isTooDeep ||= open.length > depthMax
      // A title within a drawing is the drawing's.
      if (name === 'title' && !open.includes('svg')) titles++
      const key = (property ?? plainName)?.trim().toLowerCase()
      if (name === 'meta' && key && content && wanted.has(key) && !meta.has(key)) meta.set(key, content)
    },
    ontext(text) {
      if (titles === 1 && open.at(-1) === 'title' && title.length < urlLengthMax) title += text
    },
    onclosetag(name) {
      open.pop()
      if (name === 'title' && titles > 0) titles++
    },
  })
  for (let at = 0; at < page.length && !isTooDeep; at += pieceLength) {
    parser.write(page.slice(at, at + pieceLength))
    await new Promise(setImmediate)
  }
  return { meta, title }
}

/** Without what could turn the text around it, or hide. */
function oneLine(text: string, max: number): string {
  const visible = text
    .slice(0, 4 * max)
    .toWellFormed()
    .replaceAll(/\p{White_Space}+/gu, ' ')
    .replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim()
  const characters = [...visible]
  return characters.length <= max ? visible : `${characters.slice(0, max - 1).join('')}…`
}

function absoluteUrl(given: string | undefined, pageUrl: string): string {
  const url = given ? URL.parse(given.trim(), pageUrl) : null
  const isShown = url !== null && /^https?:$/.test(url.protocol) && url.href.length <= urlLengthMax
  return isShown ? url.href : ''
}
