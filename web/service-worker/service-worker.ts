import { openChat, receive } from './push.ts'
import { keepShell, serveShell } from './shell.ts'

/**
 * Lets the app start without a network, or with its site on fire: the page and its assets are kept here. What people
 * write and read is not: that is in IndexedDB, and the API is never answered from a cache.
 */
declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
  const answer = serveShell(event.request, self.location.origin)
  if (answer) event.respondWith(answer)
})

self.addEventListener('push', (event) => {
  event.waitUntil(receive(event.data?.json() ?? {}))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openChat(event.notification.data))
})
