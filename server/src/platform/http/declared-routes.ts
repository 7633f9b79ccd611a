import type { RouteOptions } from 'fastify'
import type { Access } from './access.ts'
import type { App } from './http.ts'

/** A route as the service that owns it declared it: for the generated reference, and for tests that try every one. */
export type DeclaredRoute = {
  owner: string
  method: string
  path: string
  access: Access
  /** The rate budget that it draws on. */
  limit: string | undefined
  schema: { params?: unknown; querystring?: unknown; body?: unknown }
}

/** Adds the routes of every owner in turn and gives all of them, except those that answer HEAD and OPTIONS. */
export async function declareRoutes(
  app: App,
  owners: Record<string, () => void | Promise<void>>,
): Promise<readonly DeclaredRoute[]> {
  const routes: DeclaredRoute[] = []
  let current = ''
  app.addHook('onRoute', (route) => void routes.push(...describe(current, route)))
  for (const [owner, add] of Object.entries(owners)) {
    current = owner
    await add()
  }
  return routes
}

function describe(owner: string, { method, url, config, schema }: RouteOptions): DeclaredRoute[] {
  const { access = 'public', limit } = config ?? {}
  const { params, querystring, body } = schema ?? {}
  return [method]
    .flat()
    .filter((name) => name !== 'HEAD' && name !== 'OPTIONS')
    .map((name) => ({
      owner,
      method: name,
      path: url,
      access,
      limit,
      schema: { params, querystring, body },
    }))
}
