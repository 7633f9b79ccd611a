import { useSyncExternalStore } from 'react'
import { formatPlace, type Place, parsePlace } from './places.ts'

const listeners = new Set<() => void>()
let current = parsePlace(globalThis.location?.pathname ?? '/', globalThis.location?.search ?? '')

/** Where the person is in the app, as the address bar says. */
export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => current)
}

/** Goes somewhere. `replace` leaves no step back, for what is no step of the person's. */
export function goTo(place: Place, options: { replace?: boolean } = {}): void {
  const address = formatPlace(place)
  if (options.replace) history.replaceState(null, '', address)
  else history.pushState({ inside: true }, '', address)
  update()
}

/** One step back within the app; `otherwise` where the address was opened directly. */
export function goBack(otherwise: Place): void {
  if (history.state?.inside) history.back()
  else goTo(otherwise, { replace: true })
}

export function startNavigation(): void {
  addEventListener('popstate', update)
  // From the very start: a notification may be pressed while the app is still starting.
  navigator.serviceWorker?.addEventListener('message', openChat)
}

/** A notification was pressed, and the service worker found this window. */
function openChat({ data }: MessageEvent<unknown>): void {
  if (typeof data !== 'object' || data === null || !('kind' in data) || data.kind !== 'open-chat') return
  const { roomId, eventId } = data as { roomId?: unknown; eventId?: unknown }
  goTo({
    section: 'chats',
    ...(typeof roomId === 'string' && { open: roomId }),
    ...(typeof eventId === 'string' && { event: eventId }),
  })
}

function update(): void {
  current = parsePlace(location.pathname, location.search)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
