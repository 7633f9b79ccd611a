const workerAddress = '/service-worker.js'

/** Keeps the shell on this device, so that the app starts without its site. Without a service worker it needs one. */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  await navigator.serviceWorker.register(trusted(workerAddress), { scope: '/' }).catch(() => undefined)
}

/** The one script address that is ever given to the browser by name; the content security policy names this policy. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('dure', {
    createScriptURL(url) {
      if (url !== workerAddress) throw new TypeError('not a script of ours')
      return url
    },
  })
  return policy?.createScriptURL(address) ?? address
}

type TrustedTypes = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string }
}
