import { createHmac } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'
import type { CallsSettings } from './config.ts'
import { refuse } from './refusals.ts'

export type TurnCredentials = {
  username: string
  password: string
  uris: readonly string[]
  ttlSeconds: number
}

export type Calls = {
  /** Throws `calls.no_turn_server` where none is configured. */
  turnCredentials(userId: string): TurnCredentials
}

export function createCalls({ clock, settings }: { clock: Clock; settings: CallsSettings }): Calls {
  const { turnUris: uris, turnSecret, turnLifetime } = settings
  return {
    turnCredentials(userId) {
      if (uris.length === 0 || turnSecret === undefined) throw refuse('calls.no_turn_server')
      const ttlSeconds = Math.floor(turnLifetime / 1000)
      const username = `${Math.floor(clock.now() / 1000) + ttlSeconds}:${userId}`
      // The form that TURN servers know as "TURN REST API" or "time-limited credentials".
      const password = createHmac('sha1', turnSecret).update(username).digest('base64')
      return { username, password, uris, ttlSeconds }
    },
  }
}
