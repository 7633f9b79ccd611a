import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Identity } from '../../identity/api.ts'
import type { CrossSigningKey } from '../operations/upload-cross-signing.ts'
import type { KeysService } from '../service.ts'
import { CrossSigningBody, SignaturesBody } from '../wire.ts'

const path = '/_matrix/client/v3/keys/device_signing/upload'

/** https://spec.matrix.org/v1.19/client-server-api/#cross-signing */
export function crossSigningRoutes(
  app: App,
  keys: Pick<KeysService, 'uploadCrossSigning' | 'uploadSignatures'>,
  identity: Pick<Identity, 'requireInteractiveAuth'>,
): void {
  app.post(
    path,
    { config: { access: 'user', limit: 'keys-write' }, schema: { body: CrossSigningBody } },
    async (request) => {
      const caller = callerOf(request)
      const { auth, ...body } = request.body
      await keys.uploadCrossSigning({
        userId: caller.userId,
        keys: given({
          master: body.master_key,
          self_signing: body.self_signing_key,
          user_signing: body.user_signing_key,
        }),
        requireAuth: () =>
          identity.requireInteractiveAuth({ caller, auth, operation: { method: 'POST', path, body } }),
      })
      return {}
    },
  )

  app.post(
    '/_matrix/client/v3/keys/signatures/upload',
    { config: { access: 'user', limit: 'keys-write' }, schema: { body: SignaturesBody } },
    async (request) => ({
      failures: await keys.uploadSignatures(callerOf(request).userId, request.body),
    }),
  )
}

type Parts<T> = { master: T; self_signing: T; user_signing: T }

function given(parts: Parts<CrossSigningKey | undefined>): Partial<Parts<CrossSigningKey>> {
  const present: Partial<Parts<CrossSigningKey>> = {}
  if (parts.master) present.master = parts.master
  if (parts.self_signing) present.self_signing = parts.self_signing
  if (parts.user_signing) present.user_signing = parts.user_signing
  return present
}
