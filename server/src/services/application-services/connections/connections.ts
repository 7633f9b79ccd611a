import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { ServiceNames, UserClaims } from '../../identity/api.ts'
import type { AliasClaims } from '../../rooms/api.ts'
import type { Namespace, Registration } from '../registrations/registration.ts'
import { type CallService, createCallService } from './call-service.ts'
import { createQueries } from './queries.ts'

/** An application service as this server sees it. */
export type Service = Registration &
  ServiceNames & {
    /** Whom it acts as when it says nothing else. */
    senderId: string
    isInterestedInAlias(alias: string): boolean
    isInterestedInRoom(roomId: string): boolean
  }

/** The application services of this deployment: what is theirs, and the way to them. */
export type Connections = Omit<UserClaims, 'holderOf'> &
  AliasClaims & {
    services: readonly Service[]
    holderOf(token: string): Service | undefined
    call: CallService
  }

/** Needs no other service, as others need to know what belongs to application services. */
export function createConnections(
  { clock }: { clock: Clock },
  { registrations, serverName }: { registrations: readonly Registration[]; serverName: string },
): Connections {
  const services = registrations.map((registration) => asService(registration, serverName))
  const byToken = new Map(services.map((service) => [digest(service.asToken), service]))
  const call = createCallService({ clock })
  const queries = createQueries({ clock, call })

  return {
    services,
    call,
    holderOf: (token) => (services.length === 0 ? undefined : byToken.get(digest(token))),
    isTaken: (userId, by) =>
      services.some(
        (service) =>
          service.id !== by &&
          (userId === service.senderId || (isLocal(userId, serverName) && claims(service.users, userId))),
      ),
    async askForUsers(userIds) {
      const asked = userIds.flatMap((userId) =>
        services.filter((service) => service.mayBe(userId)).map((service) => ({ service, name: userId })),
      )
      const answers = await Promise.all(asked.map((question) => queries.ask('users', question)))
      return answers.includes(true)
    },
    aliasIsTaken: (alias, by) => services.some(({ id, aliases }) => id !== by && claims(aliases, alias)),
    aliasMayBeOf: (alias, by) => services.find(({ id }) => id === by)?.isInterestedInAlias(alias) ?? false,
    async askForAlias(alias, by) {
      // A service that looks whether the alias is there, to make it because it is asked for it, must not wait for itself.
      const asked = services.filter((service) => service.id !== by && service.isInterestedInAlias(alias))
      for (const service of asked) if (await queries.ask('rooms', { service, name: alias })) return true
      return false
    },
  }
}

function asService(registration: Registration, serverName: string): Service {
  const senderId = `@${registration.senderLocalpart}:${serverName}`
  return {
    ...registration,
    senderId,
    mayBe: (userId) =>
      userId === senderId || (isLocal(userId, serverName) && includes(registration.users, userId)),
    isInterestedInAlias: (alias) => includes(registration.aliases, alias),
    isInterestedInRoom: (roomId) => includes(registration.rooms, roomId),
  }
}

/** Only local people can belong to a service. https://spec.matrix.org/v1.19/application-service-api/#registration */
function isLocal(userId: string, serverName: string): boolean {
  return userId.endsWith(`:${serverName}`)
}

function includes(namespaces: readonly Namespace[], name: string): boolean {
  return namespaces.some(({ pattern }) => pattern.test(name))
}

function claims(namespaces: readonly Namespace[], name: string): boolean {
  return namespaces.some(({ pattern, exclusive }) => exclusive && pattern.test(name))
}

/** Looking a token up by its hash takes the same time whatever part of it was guessed. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
