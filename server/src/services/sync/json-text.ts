/** JSON as text. Answers are put together from such pieces, so that an event which many people get is written once. */
export type Json = string & { readonly isJson: true }

export function json(value: unknown): Json {
  return JSON.stringify(value) as Json
}

/** Text that is known to be JSON. */
export function knownJson(text: string): Json {
  return text as Json
}

export function arrayOf(items: readonly Json[]): Json {
  return `[${items.join(',')}]` as Json
}

/** An object with these members; undefined ones are left out. */
export function objectOf(members: Iterable<readonly [string, Json | undefined]>): Json {
  let text = ''
  for (const [key, value] of members) {
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${value}`
  }
  return `{${text}}` as Json
}

/** `{"events":[...]}` */
export function eventsOf(items: readonly Json[]): Json {
  return `{"events":${arrayOf(items)}}` as Json
}
