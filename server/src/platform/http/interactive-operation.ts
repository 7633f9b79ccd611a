import { isJsonObject, type JsonValue } from '../json.ts'

/**
 * What a request asks for, apart from the proof in its `auth` member: user-interactive authentication binds its sessions to it.
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 */
export function interactiveOperation(request: { method: string; url: string; body: unknown }): {
  auth: unknown
  operation: { method: string; path: string; body: unknown }
} {
  const { auth, ...body } = bodyOf(request.body)
  const [path = ''] = request.url.split('?', 1)
  return { auth, operation: { method: request.method, path, body } }
}

function bodyOf(body: unknown): Record<string, unknown> {
  // Bodies come from the JSON parser.
  return isJsonObject(body as JsonValue | undefined) ? (body as Record<string, unknown>) : {}
}
