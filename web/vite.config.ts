import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Names of assets carry a hash of their content, so that the node may let browsers keep them for ever. */
// biome-ignore lint/style/noDefaultExport: Vite asks for it.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tellServiceWorker()],
  build: {
    target: 'es2023',
    // Nothing is inlined as data: the content security policy names origins, not schemes.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The crypto's and the SDK's chunks are large on purpose: they arrive after the first paint.
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { app: 'index.html', 'service-worker': 'service-worker/service-worker.ts' },
      output: {
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        chunkFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
})

/** The service worker keeps every asset of its build, so it has to know their names. */
function tellServiceWorker(): Plugin {
  return {
    name: 'tell-service-worker',
    generateBundle(_options, bundle) {
      const worker = bundle['service-worker.js']
      if (worker?.type !== 'chunk') throw new Error('the build has no service worker')
      const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'))
      const list = JSON.stringify(files.map((name) => `/${name}`))
      const told = worker.code.replace(/(["'`])__BUILT_FILES__\1/, list)
      if (told === worker.code) throw new Error('the service worker does not ask for the built files')
      worker.code = told
    },
  }
}
