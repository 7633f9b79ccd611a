import type { DeclaredRoute } from '../../src/platform/http/declared-routes.ts'
import { isJsonObject, type JsonValue } from '../../src/platform/json.ts'

/** Values that exist, by the name of the parameter or member, so that a request fails by what is hostile in it alone. */
export type World = Readonly<Record<string, string>>

const atOnce = 8

/** Does the work for every item, a few at a time, as several clients of one person would. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += atOnce) await Promise.all(items.slice(i, i + atOnce).map(work))
}

const longText = 'a'.repeat(10_240)

const hostileTexts = [
  '%00',
  'x%00y',
  longText,
  'a'.repeat(2000),
  '%',
  '%zz',
  '%ff',
  '%ED%A0%80',
  '%F0%9F%94%A5',
  '..',
  '%2F',
  '%20',
  '-1',
  '9'.repeat(400),
  '1e400',
  'NaN',
  '__proto__',
  '%5B%5D',
  '%7B%22a%22:1,%22a%22:2%7D',
  encodeURIComponent('['.repeat(3000)),
  '!x%00:dure.test',
  '@%00:dure.test',
  '$%00',
  '#%00:dure.test',
  '%23x:dure.test',
]

/** Paths of which one parameter is hostile. */
export function hostilePaths(route: DeclaredRoute, world: World): string[] {
  const names = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return names.flatMap((name) => hostileTexts.map((text) => pathOf(route, world, { [name]: text })))
}

/** The path with one parameter of the query hostile, given twice, or all of them. */
export function hostileQueries(route: DeclaredRoute, world: World): string[] {
  const path = pathOf(route, world)
  const sample = sampleOf(route.schema.querystring, world)
  const known = isJsonObject(sample) ? Object.entries(sample) : []
  const asText = (name: string, text: string) => `${encodeURIComponent(name)}=${text}`
  const rest = (without: string) =>
    known.filter(([name]) => name !== without).map(([name, value]) => asText(name, plain(value)))
  return [
    `${path}?%`,
    `${path}?%00=%00&__proto__=1&a[]=1&=&&`,
    `${path}?${known.map(([name]) => asText(name, '%00')).join('&')}`,
    ...known.flatMap(([name, value]) => [
      `${path}?${asText(name, plain(value))}`,
      ...[
        '',
        ...hostileTexts,
        '7',
        'true',
        '%7B%7D',
        '%7B%22limit%22:1e308%7D',
        's1',
        's999999999999999',
      ].map((text) => `${path}?${[...rest(name), asText(name, text)].join('&')}`),
      ...['0', 's0', '%7B%22types%22:[%22%5Cu0000%22]%7D'].map((text) => `${path}?${asText(name, text)}`),
      `${path}?${asText(name, plain(value))}&${asText(name, plain(value))}`,
    ]),
  ]
}

const malformedBodies: (string | Buffer)[] = [
  '',
  '{',
  '[1',
  'nul',
  '"',
  'null',
  '[]',
  '[{}]',
  '1',
  '1e999',
  '"text"',
  'true',
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '{"__proto__":{"a":1},"constructor":{"prototype":{}}}',
  '{"\\u0000":"\\u0000"}',
  '{"a":"\\ud800"}',
  '{"a":123456789012345678901234567890}',
  '\ufeff{}',
  '['.repeat(20_000),
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  `${'{"a":'.repeat(95)}1${'}'.repeat(95)}`,
  Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  Buffer.alloc(64),
]

const hostileValues: JsonValue[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  '',
  '\u0000',
  'x\u0000y',
  '@\u0000:dure.test',
  '@someone:elsewhere.test',
  longText,
  '__proto__',
  [],
  [null],
  [['x']],
  {},
  { '': '' },
  { '\u0000': '\u0000' },
  { [longText]: longText },
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'),
  nested(90),
]

/** Bodies that are no JSON or not an object, and a fitting body in which one value after the other is hostile. */
export function hostileBodies(route: DeclaredRoute, world: World): { path: string; body: string | Buffer }[] {
  if (route.method === 'GET') return []
  const path = pathOf(route, world)
  const sample = sampleOf(route.schema.body, world)
  const changed = sample === undefined ? [] : [sample, ...variantsOf(sample)]
  return [...malformedBodies, ...changed.map((value) => JSON.stringify(value))].map((body) => ({
    path,
    body,
  }))
}

/** Every way to give one member another name, to replace one value inside by a hostile one, or to take it away. */
export function variantsOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      [...hostileValues, ...variantsOf(item)].map((other) => value.toSpliced(index, 1, other)),
    )
  }
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => [
    without(value, name),
    ...[...hostileValues, ...variantsOf(member)].map((other) => ({ ...value, [name]: other })),
    ...['', '\u0000', '__proto__', longText].map((key) => ({
      ...without(value, name),
      ...JSON.parse(`{${JSON.stringify(key)}: ${JSON.stringify(member)}}`),
    })),
  ])
}

function without(object: Record<string, JsonValue>, name: string): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 'x'
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value }
  return value
}

function pathOf(route: DeclaredRoute, world: World, replaced: Record<string, string> = {}): string {
  return route.path.replaceAll(
    /:(\w+)/g,
    (_, name: string) => replaced[name] ?? encodeURIComponent(named(name, world) ?? 'x'),
  )
}

/** A value that the schema accepts, every optional member included. */
function sampleOf(schema: unknown, world: World, name = ''): JsonValue | undefined {
  if (!isSchema(schema)) return undefined
  if (schema.const !== undefined) return schema.const
  const [option] = schema.anyOf ?? []
  if (option !== undefined) return sampleOf(option, world, name)
  switch (schema.type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {}).map(([key, member]) => [
        key,
        sampleOf(member, world, key) ?? { a: 'x' },
      ])
      const [any] = Object.values(schema.patternProperties ?? {})
      if (any !== undefined)
        members.push([world['userId'] ?? 'x', sampleOf(any, world) ?? { [world['deviceId'] ?? 'x']: 'x' }])
      return members.length > 0 ? Object.fromEntries(members) : { a: 'x' }
    }
    case 'array':
      return [sampleOf(schema.items, world, name) ?? 'x']
    case 'string':
      return named(name, world) ?? (schema.pattern === undefined ? 'x' : '1')
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return undefined
  }
}

type Schema = {
  type?: string
  const?: JsonValue
  anyOf?: unknown[]
  properties?: Record<string, unknown>
  patternProperties?: Record<string, unknown>
  items?: unknown
  pattern?: string
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null
}

function named(name: string, world: World): string | undefined {
  return Object.hasOwn(world, name) ? world[name] : undefined
}

function plain(value: JsonValue): string {
  return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))
}
