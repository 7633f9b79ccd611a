import type { App } from '../../../platform/http/http.ts'
import type { IdentityService } from '../service.ts'
import { accountRoutes } from './account.ts'
import { administrationRoutes } from './administration.ts'
import { deviceRoutes } from './devices.ts'
import { type DiscoveryOptions, discoveryRoutes } from './discovery.ts'
import { emailRoutes } from './email.ts'
import { fallbackRoutes } from './fallback.ts'
import { moderationRoutes } from './moderation.ts'
import { openidRoutes } from './openid.ts'
import { peopleRoutes } from './people.ts'
import { profileRoutes } from './profiles.ts'
import { registrationRoutes } from './registration.ts'
import { sessionRoutes } from './sessions.ts'

/** Everything of the client API that identity answers. */
export function identityRoutes(app: App, identity: IdentityService, options: DiscoveryOptions): void {
  discoveryRoutes(app, identity, options)
  registrationRoutes(app, identity)
  sessionRoutes(app, identity)
  accountRoutes(app, identity)
  deviceRoutes(app, identity)
  fallbackRoutes(app, identity)
  profileRoutes(app, identity)
  emailRoutes(app, identity)
  openidRoutes(app, identity)
  peopleRoutes(app, identity)
  moderationRoutes(app, identity)
  administrationRoutes(app, identity)
}
