/** The sections that stand in the navigation. A new one gets its address, its entry in app.tsx and its texts. */
export const sections = ['people', 'chats', 'pay', 'more'] as const
export type Section = (typeof sections)[number]

/**
 * A place in the app: a section, and what is open in it: a chat, a page of the settings. `event` is a message to show.
 */
export type Place = { section: Section; open?: string; detail?: string; event?: string }

const start: Place = { section: 'chats' }

/** Addresses are `/app/<section>/<open>/<detail>?event=<id>`; what cannot be read leads to the chats. */
export function parsePlace(path: string, search: string): Place {
  const [, app, name, ...rest] = path.split('/')
  const section = sections.find((known) => known === name)
  if (app !== 'app' || section === undefined) return start
  const [open, detail] = rest.map(decode)
  const event = new URLSearchParams(search).get('event')
  return { section, ...(open && { open }), ...(detail && { detail }), ...(event && { event }) }
}

export function formatPlace({ section, open, detail, event }: Place): string {
  const parts = [section, open, detail].filter((part) => part !== undefined).map(encodeURIComponent)
  return `/app/${parts.join('/')}${event === undefined ? '' : `?event=${encodeURIComponent(event)}`}`
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part) || undefined
  } catch {
    return undefined
  }
}
