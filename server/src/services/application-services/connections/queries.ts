import type { Clock } from '../../../platform/clock.ts'
import { refuse } from '../refusals.ts'
import type { Registration } from '../registrations/registration.ts'
import { type CallService, ServiceSilent } from './call-service.ts'

type Question = { service: Registration; name: string }

const triesMax = 3
const tryTimeoutMs = 8_000
const pauseMs = 500
/** How long a service is not asked again what it did not know. */
const unknownForMs = 10_000
const unknownMax = 10_000

/**
 * Asks services whether they have somebody, or a room, that nobody here has heard of; when one says yes it has made them.
 * Throws `application-services.no_answer` for one that is silent, after several tries.
 * https://spec.matrix.org/v1.19/application-service-api/#querying
 */
export function createQueries({ clock, call }: { clock: Clock; call: CallService }) {
  const asking = new Map<string, Promise<boolean>>()
  const unknownUntilMs = new Map<string, number>()

  async function ask(kind: 'users' | 'rooms', { service, name }: Question): Promise<boolean> {
    const path = `/${kind}/${encodeURIComponent(name)}`
    for (let tries = 1; ; tries++) {
      try {
        const request = { method: 'GET', path, legacyPath: path, timeoutMs: tryTimeoutMs } as const
        const { status } = await call(service, request)
        if (status < 500) return status === 200
      } catch (error) {
        if (!(error instanceof ServiceSilent)) throw error
      }
      if (tries === triesMax) throw refuse('application-services.no_answer')
      await clock.sleep(pauseMs * tries)
    }
  }

  return {
    async ask(kind: 'users' | 'rooms', question: Question): Promise<boolean> {
      if (question.service.url === undefined) return false
      const key = JSON.stringify([question.service.id, kind, question.name])
      if ((unknownUntilMs.get(key) ?? 0) > clock.now()) return false
      // Whoever asks the same meanwhile gets the same answer.
      const shared = asking.get(key) ?? ask(kind, question).finally(() => asking.delete(key))
      asking.set(key, shared)
      const known = await shared
      unknownUntilMs.delete(key)
      if (!known) unknownUntilMs.set(key, clock.now() + unknownForMs)
      if (unknownUntilMs.size > unknownMax) unknownUntilMs.delete(unknownUntilMs.keys().next().value ?? key)
      return known
    },
  }
}
