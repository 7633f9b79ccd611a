import { ask } from './ask.ts'
import { readKept } from './kept.ts'
import { isQuiet, type QuietTime } from './quiet.ts'

/**
 * What the server sends: https://github.com/matrix-org/matrix-spec-proposals/pull/4174. `texts` are the app's, in the
 * language of the person; they come back with every message.
 */
type Message = {
  app_id?: string
  ack_token?: string
  event_id?: string
  room_id?: string
  unread?: number
  texts?: { message?: string; photo?: string; call?: string; invitation?: string }
}

declare const self: ServiceWorkerGlobalScope

/** Shows what happened, or shows the server that its messages arrive. */
export async function receive(message: Message): Promise<void> {
  if (message.ack_token !== undefined) {
    const { app_id, ack_token } = message
    await ask('POST', 'unstable/org.matrix.msc4174/pushers/ack', { app_id, ack_token })
    return
  }
  const { unread = 0 } = message
  await (unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.())?.catch(() => undefined)
  const windows = await self.clients.matchAll({ type: 'window' })
  // Whoever looks at the app sees it there.
  if (windows.some((window) => window.visibilityState === 'visible')) return
  const { title, body } = await describe(message)
  const silent = isQuiet((await readKept<QuietTime>('quiet-time')) ?? {}, new Date())
  await self.registration.showNotification(title, {
    body,
    // The newest of a chat takes the place of the one before.
    tag: message.room_id ?? 'dure',
    renotify: !silent,
    silent,
    icon: '/icons/icon-192.png',
    badge: '/icons/icon-192.png',
    data: { roomId: message.room_id, eventId: message.event_id },
  } as NotificationOptions)
}

async function describe({ room_id: roomId, event_id: eventId, texts = {} }: Message) {
  const otherwise = { title: 'Dure', body: texts.message ?? '' }
  if (roomId === undefined || eventId === undefined) return otherwise
  const room = `v3/rooms/${encodeURIComponent(roomId)}`
  const [event, name] = await Promise.all([
    ask('GET', `${room}/event/${encodeURIComponent(eventId)}`),
    ask('GET', `${room}/state/m.room.name/`),
  ])
  if (!event) return otherwise
  // Of a chat that one is not in yet nothing is told: it is an invitation.
  if (!event.ok) return { title: 'Dure', body: texts.invitation ?? otherwise.body }
  const sender = String(event.body['sender'] ?? '')
  const profile = await ask('GET', `v3/profile/${encodeURIComponent(sender)}`)
  const who = text(profile?.body['displayname']) ?? sender
  const where = text(name?.body['name'])
  return { title: where === undefined ? who : `${where} · ${who}`, body: bodyOf(event.body, texts) }
}

/** What is encrypted cannot be read here: the keys are the page's. */
function bodyOf(event: Record<string, unknown>, texts: NonNullable<Message['texts']>): string {
  const content = (event['content'] ?? {}) as Record<string, unknown>
  if (event['type'] === 'm.call.invite') return texts.call ?? ''
  if (content['msgtype'] === 'm.image' || content['msgtype'] === 'm.video') return texts.photo ?? ''
  const said = event['type'] === 'm.room.message' ? text(content['body']) : undefined
  return said?.slice(0, 300) ?? texts.message ?? ''
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Opens the chat of a notification, in the window that is there or in a new one. */
export async function openChat(data: unknown): Promise<void> {
  const { roomId, eventId } = (data ?? {}) as { roomId?: string; eventId?: string }
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const [window] = windows.toSorted((a, b) => Number(b.focused) - Number(a.focused))
  if (window) {
    window.postMessage({ kind: 'open-chat', roomId, eventId })
    await window.focus()
    return
  }
  const chat = roomId === undefined ? '' : `/${encodeURIComponent(roomId)}`
  const event = eventId === undefined ? '' : `?event=${encodeURIComponent(eventId)}`
  await self.clients.openWindow(`/app/chats${chat}${chat && event}`)
}
