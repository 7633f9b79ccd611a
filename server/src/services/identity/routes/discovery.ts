import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'

export type DiscoveryOptions = {
  /** Address under which clients reach this deployment. */
  publicUrl: string
  /** Where clients reach each site by itself, those left out that take no requests just now; with one site there are none. */
  sites: () => readonly { name: string; base_url: string }[]
  /** https://spec.matrix.org/v1.19/client-server-api/#mroom_versions-capability */
  roomVersions: { default: string; available: Readonly<Record<string, 'stable' | 'unstable'>> }
  /** By which browsers subscribe with their push services. https://github.com/matrix-org/matrix-spec-proposals/pull/4174 */
  webPushKey: string
}

/** https://spec.matrix.org/v1.19/#specification-versions */
const versions = Array.from({ length: 19 }, (_, index) => `v1.${index + 1}`)

/** Short, so that a site that leaves or joins is known soon. */
const discoveryMaxAgeSeconds = 60

/** What a client asks before anything else: where the server is, what it speaks and what it allows. */
export function discoveryRoutes(
  app: App,
  identity: Pick<IdentityService, 'isAdministrator' | 'settings' | 'mailAvailable'>,
  options: DiscoveryOptions,
): void {
  const { publicUrl, roomVersions } = options

  app.get('/.well-known/matrix/client', { config: { access: 'public' } }, async (_request, reply) => {
    const sites = options.sites()
    reply.header('cache-control', `public, max-age=${discoveryMaxAgeSeconds}`)
    return { 'm.homeserver': { base_url: publicUrl }, ...(sites.length > 0 && { 'org.dure.sites': sites }) }
  })

  app.get('/.well-known/matrix/support', { config: { access: 'public' } }, async () => {
    const { supportEmail, supportMatrixId, supportPage } = identity.settings
    if (supportEmail === undefined && supportMatrixId === undefined && supportPage === undefined)
      throw refuse('identity.support_unknown')
    const contact = {
      ...(supportMatrixId !== undefined && { matrix_id: supportMatrixId }),
      ...(supportEmail !== undefined && { email_address: supportEmail }),
    }
    return {
      ...(Object.keys(contact).length > 0 && { contacts: [{ ...contact, role: 'm.role.admin' }] }),
      ...(supportPage !== undefined && { support_page: supportPage }),
    }
  })

  app.get('/_matrix/client/versions', { config: { access: 'public' } }, async () => ({
    versions,
    unstable_features: { 'org.matrix.simplified_msc3575': true, 'org.matrix.msc4174': true },
  }))

  app.get('/_matrix/client/v3/capabilities', { config: { access: 'guest' } }, async (request) => {
    const { userId, guest } = callerOf(request)
    const registered = !guest
    const moderates = registered && (await identity.isAdministrator(userId))
    return {
      capabilities: {
        'm.change_password': { enabled: registered },
        'm.forget_forced_upon_leave': { enabled: false },
        'm.room_versions': roomVersions,
        'm.profile_fields': { enabled: true, ...(registered ? {} : { allowed: ['displayname'] }) },
        'm.set_displayname': { enabled: true },
        'm.set_avatar_url': { enabled: registered },
        'm.3pid_changes': { enabled: registered && identity.mailAvailable },
        'm.get_login_token': { enabled: registered },
        ...(registered && { 'org.matrix.msc4174.webpush': { enabled: true, vapid: options.webPushKey } }),
        ...(moderates && { 'm.account_moderation': { suspend: true, lock: true } }),
      },
    }
  })
}
