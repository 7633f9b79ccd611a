import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import type { Document, Shown } from '../documents.ts'
import { refuse } from '../refusals.ts'

/** Which members of which objects may be expanded: those that are the id of another object. */
const expandable: Readonly<Record<string, readonly string[]>> = {
  payment_intent: ['customer', 'payment_method', 'latest_charge'],
  charge: ['customer', 'payment_intent', 'balance_transaction'],
  refund: ['charge', 'payment_intent', 'balance_transaction'],
  balance_transaction: ['source'],
  'checkout.session': ['customer', 'payment_intent', 'line_items'],
  payment_method: ['customer'],
  payout: ['balance_transaction'],
}

const depthMax = 4

export type ExpandDeps = {
  load(ids: readonly string[]): Promise<ReadonlyMap<string, Document>>
  present(document: Document): Shown
  lineItems(session: Document<'checkout_session'>): JsonObject
}

/**
 * Replaces ids by the objects that they name, level by level, with one query for each. `data.` leads into the objects of
 * a list. https://docs.stripe.com/api/expanding_objects
 */
export async function expand(
  deps: ExpandDeps,
  shown: JsonObject,
  paths: readonly string[],
): Promise<JsonObject> {
  const result = structuredClone(shown)
  for (const path of paths) {
    const parts = path.split('.')
    if (parts.length > depthMax) throw impossible(path, `more than ${depthMax} levels`)
    let objects: JsonObject[] = [result]
    for (const part of parts) objects = await step(deps, objects, part, path)
  }
  return result
}

async function step(
  deps: ExpandDeps,
  objects: readonly JsonObject[],
  part: string,
  path: string,
): Promise<JsonObject[]> {
  if (part === 'data' && objects.every(({ object }) => object === 'list'))
    return objects.flatMap(({ data }) => (Array.isArray(data) ? data.filter(isJsonObject) : []))
  for (const { object } of objects)
    if (!expandable[String(object)]?.includes(part)) throw impossible(path, part)
  const ids = objects.flatMap((object) => wantedId(object, part) ?? [])
  const documents = await deps.load(ids)
  for (const object of objects) {
    const document = documents.get(wantedId(object, part) ?? '')
    if (document === undefined) continue
    object[part] =
      part === 'line_items'
        ? deps.lineItems(document as Document<'checkout_session'>)
        : deps.present(document)
  }
  return objects.flatMap(({ [part]: value }) => (isJsonObject(value) ? [value] : []))
}

/** What was expanded by an earlier path is not loaded again. */
function wantedId(object: JsonObject, part: string): string | undefined {
  const value: JsonValue | undefined =
    part === 'line_items' && object[part] === undefined ? object['id'] : object[part]
  return typeof value === 'string' ? value : undefined
}

function impossible(path: string, what: string) {
  return refuse('checkout.expand_impossible', {
    message: `This property cannot be expanded (${what.slice(0, 100)}): ${path.slice(0, 100)}`,
    extra: { param: 'expand' },
  })
}
