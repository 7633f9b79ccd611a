import type { Import } from './imports.ts'

type Area = 'shell' | 'ui' | 'i18n' | 'navigation' | 'api' | 'feature'
type Place = { area: Area; feature?: string; inside: string }

/** What each part of web/src may know besides itself. The shell (app.tsx and its neighbours) may know everything. */
const mayKnow: Readonly<Record<Exclude<Area, 'shell'>, readonly Area[]>> = {
  i18n: [],
  ui: ['i18n'],
  navigation: [],
  api: ['i18n'],
  feature: ['ui', 'i18n', 'navigation', 'api'],
}

/** Every import of the web client that breaks the rules of STYLE.md, section 8, as lines to print. */
export function findWebViolations(imports: readonly Import[]): string[] {
  return imports.flatMap((entry) => {
    const complaint = judge(entry)
    return complaint === undefined ? [] : [`${entry.from}:${entry.line} imports ${entry.to}: ${complaint}`]
  })
}

function judge({ from, to, typeOnly }: Import): string | undefined {
  if (!/\.(ts|tsx|css|svg|json)$/.test(to)) return 'write the file name with its ending'
  const source = placeOf(from)
  if (!source) return undefined
  const target = placeOf(to)
  if (!target) {
    if (/^server\/src\/services\/[^/]+\/wire\.ts$/.test(to) && typeOnly) return undefined
    return 'of the server only types from wire.ts may be imported'
  }
  if (source.area === 'shell' || (source.area === target.area && source.feature === target.feature))
    return undefined
  if (source.area === 'feature' && target.area === 'feature')
    return target.inside === `${target.feature}.tsx`
      ? undefined
      : `of another feature only its entry, ${target.feature}.tsx, may be imported`
  return mayKnow[source.area].includes(target.area)
    ? undefined
    : `${source.area} does not know ${target.area}`
}

function placeOf(file: string): Place | undefined {
  const match = /^web\/src\/(?:(?<folder>[^/]+)\/)?(?<rest>.+)$/.exec(file)
  if (!match) return undefined
  const { folder, rest = '' } = match.groups ?? {}
  if (folder === 'ui' || folder === 'i18n' || folder === 'navigation' || folder === 'api')
    return { area: folder, inside: rest }
  if (folder !== 'features') return { area: 'shell', inside: rest }
  const [feature = '', ...inside] = rest.split('/')
  return { area: 'feature', feature, inside: inside.join('/') }
}
