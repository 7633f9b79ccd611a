import { buildWebClient } from './build-web.ts'

/** `npm start`: builds the web client when it is stale, then becomes the node. */
await buildWebClient()
await import('../server/src/main.ts')
