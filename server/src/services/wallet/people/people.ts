import type { Identity } from '../../identity/api.ts'
import { refuse } from '../refusals.ts'
import { maskName } from './mask.ts'

export type People = {
  /** The name that is shown for a person; the first part of the user id for those who have not chosen one. */
  nameOf(userId: string): Promise<string>
  /** Throws `wallet.person_unknown` for whoever has no account here, or a guest's. */
  require(userId: string): Promise<void>
  /** The masked name, or null for whoever cannot be paid: told in the same form, with the same amount of work. */
  check(userId: string): Promise<string | null>
  emailsOf(userId: string): Promise<string[]>
}

type Deps = { identity: Pick<Identity, 'accountExists' | 'guestsAmong' | 'profiles' | 'emailsOf'> }
const nameLengthMax = 100

export function createPeople({ identity }: Deps): People {
  async function nameOf(userId: string): Promise<string> {
    const profile = (await identity.profiles([userId])).get(userId)
    const shown = profile?.displayname?.replaceAll(/[\p{Cc}\p{Cs}]/gu, ' ').trim()
    return (shown || userId.slice(1).split(':', 1)[0] || userId).slice(0, nameLengthMax)
  }

  async function canBePaid(userId: string): Promise<boolean> {
    const [exists, guests] = await Promise.all([
      identity.accountExists(userId),
      identity.guestsAmong([userId]),
    ])
    return exists && !guests.has(userId)
  }

  return {
    nameOf,
    emailsOf: identity.emailsOf,
    async require(userId) {
      if (!(await canBePaid(userId))) throw refuse('wallet.person_unknown')
    },
    async check(userId) {
      const [known, name] = await Promise.all([canBePaid(userId), nameOf(userId)])
      return known ? maskName(name) : null
    },
  }
}
