import { list, type Setting } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'
import { readRegistrations } from './registrations/read-registrations.ts'
import type { Registration } from './registrations/registration.ts'

export const applicationServicesSettings = {
  registrations: registrations(
    'Paths of the [registration files](https://spec.matrix.org/v1.19/application-service-api/#registration) of the application services (bridges, bots) that are connected to this deployment. Every node needs the same.',
  ),
}

/** The files hold tokens, so their content is never printed. */
function registrations(doc: string): Setting<readonly Registration[]> {
  const paths = list(doc, [])
  return {
    doc,
    fallback: [],
    secret: true,
    read: (raw) => readRegistrations(paths.read(raw)),
  }
}

export const applicationServicesBudgets: Record<ApplicationServicesBudget, Budget> = {
  'third-party-account': { perSecond: 1, burst: 30 },
}

export type ApplicationServicesBudget = 'third-party-account'
