import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const folder = new URL('../../../../deploy/templates/', import.meta.url)

/**
 * Fills `deploy/templates/<name>`. A value that stands alone on its line may have several lines, which keep the place's
 * indentation, or none, which takes the line away. Every value must have its place and every place its value.
 */
export function fillTemplate(
  name: string,
  values: Readonly<Record<string, string | number | readonly string[]>>,
): string {
  const unused = new Set(Object.keys(values))
  const value = (key: string) => {
    const found = values[key]
    assert(found !== undefined, `${name} has a place {{${key}}}, for which there is no value`)
    unused.delete(key)
    return found
  }
  const lines = readFileSync(new URL(name, folder), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const alone = /^(?<indent> *)\{\{(?<key>\w+)\}\}$/.exec(line)?.groups
      if (!alone) return [line.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => String(value(key)))]
      return [value(alone['key'] ?? '')].flat().map((text) => `${text}` && `${alone['indent']}${text}`)
    })
  assert(unused.size === 0, `${name} has no place for ${[...unused].join(', ')}`)
  return lines.join('\n')
}
