import type { MatrixClient } from 'matrix-js-sdk'
import type { Language, Text } from '../i18n/text.ts'
import { keep, readKept } from './database.ts'
import { createStore } from './store.ts'

/**
 * Whether notifications reach this device while the app is closed. `unsupported`: the browser or the server cannot;
 * `denied`: the person told the browser so, and only they can take it back, in its settings.
 */
export type PushState = 'unknown' | 'unsupported' | 'denied' | 'off' | 'on'

const appId = 'org.dure.web'
const kind = 'org.matrix.msc4174.webpush'
const state = createStore<PushState>('unknown')
export const pushState = { get: state.get, subscribe: state.subscribe }

/** Finds out how things stand, and tells the server of a subscription again that it may have lost. To be called at each start. */
export async function startPush(client: MatrixClient, text: Text, language: Language): Promise<void> {
  const key = await serverKey(client)
  if (key === undefined || !('PushManager' in globalThis) || !('serviceWorker' in navigator))
    return state.set('unsupported')
  if (Notification.permission === 'denied') return state.set('denied')
  const wanted = (await readKept<boolean>('kept', 'push')) && Notification.permission === 'granted'
  if (!wanted) return state.set('off')
  await subscribe(client, key, text, language)
  state.set('on')
}

/** Asks the person's browser, which asks the person. */
export async function turnPushOn(client: MatrixClient, text: Text, language: Language): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return state.set('denied')
  const key = await serverKey(client)
  if (key === undefined) return state.set('unsupported')
  await subscribe(client, key, text, language)
  await keep('kept', 'push', true)
  state.set('on')
}

export async function turnPushOff(client: MatrixClient): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready
  const subscription = await pushManager.getSubscription()
  const { p256dh } = subscription?.toJSON().keys ?? {}
  if (p256dh !== undefined) await client.setPusher({ kind: null, app_id: appId, pushkey: p256dh } as never)
  await subscription?.unsubscribe()
  await keep('kept', 'push', false)
  state.set('off')
}

/** The key by which push services know this server; `undefined` when it sends nothing to browsers. */
async function serverKey(client: MatrixClient): Promise<string | undefined> {
  const capabilities: Record<string, unknown> = await client.getCapabilities()
  const { enabled, vapid } = (capabilities[kind] ?? {}) as { enabled?: unknown; vapid?: unknown }
  return enabled === true && typeof vapid === 'string' ? vapid : undefined
}

/** The service worker answers the message by which the server makes sure that it arrives. */
async function subscribe(
  client: MatrixClient,
  applicationServerKey: string,
  text: Text,
  lang: Language,
): Promise<void> {
  const { pushManager } = await navigator.serviceWorker.ready
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
  const { endpoint, keys } = subscription.toJSON()
  await client.setPusher({
    kind,
    app_id: appId,
    pushkey: keys?.['p256dh'],
    app_display_name: 'Dure',
    device_display_name: navigator.userAgent.slice(0, 120),
    lang,
    data: {
      url: endpoint,
      auth: keys?.['auth'],
      format: 'event_id_only',
      default_payload: { texts: textsOf(text) },
    },
  } as never)
}

/** The words that the service worker shows, which knows no languages itself. */
function textsOf(text: Text) {
  return {
    message: text('push.message'),
    photo: text('preview.photo'),
    call: text('preview.call'),
    invitation: text('push.invitation'),
  }
}
