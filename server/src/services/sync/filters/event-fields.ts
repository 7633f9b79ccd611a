import { isJsonObject, type JsonObject, ownValue } from '../../../platform/json.ts'

/** Property names from the outermost inwards. */
export type FieldPath = readonly string[]

/** https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths */
export function parseFieldPath(text: string): FieldPath {
  const names: string[] = []
  let name = ''
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    const next = text.charAt(i + 1)
    if (character === '\\' && (next === '.' || next === '\\')) {
      name += next
      i++
    } else if (character === '.') {
      names.push(name)
      name = ''
    } else name += character
  }
  return [...names, name]
}

/** An event with only these fields; a field that the event lacks stays absent. */
export function onlyFields(event: JsonObject, paths: readonly FieldPath[]): JsonObject {
  const chosen: JsonObject = {}
  for (const path of paths) copyField(event, chosen, path)
  return chosen
}

function copyField(from: JsonObject, to: JsonObject, path: FieldPath): void {
  const [name, ...rest] = path
  if (name === undefined) return
  const value = ownValue(from, name)
  if (value === undefined) return
  if (rest.length === 0) setOwn(to, name, value)
  if (rest.length === 0 || !isJsonObject(value)) return
  const inner = ownValue(to, name)
  // The whole object was already chosen by a shorter path.
  if (inner === value) return
  const target: JsonObject = isJsonObject(inner) ? inner : {}
  copyField(value, target, rest)
  if (Object.keys(target).length > 0) setOwn(to, name, target)
}

/** Assigning to `__proto__` would not make a property. */
function setOwn(object: JsonObject, name: string, value: JsonObject[string]): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
