import { isJsonObject, type JsonObject, ownValue } from '../../../platform/json.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#mtag */
export const tagType = 'm.tag'

/** The tags in a content of m.tag, which a client may have written by itself. */
export function tagsOf(content: JsonObject | undefined): JsonObject {
  const tags = content && ownValue(content, 'tags')
  return isJsonObject(tags) ? tags : {}
}

export function withTag(tag: string, info: JsonObject): (content: JsonObject | undefined) => JsonObject {
  return (content) => ({ ...content, tags: { ...tagsOf(content), [tag]: info } })
}

/** Leaves the content alone when it does not have the tag. */
export function withoutTag(tag: string): (content: JsonObject | undefined) => JsonObject | undefined {
  return (content) => {
    const tags = tagsOf(content)
    if (!Object.hasOwn(tags, tag)) return undefined
    const others = Object.entries(tags).filter(([name]) => name !== tag)
    return { ...content, tags: Object.fromEntries(others) }
  }
}
