import type { Room } from 'matrix-js-sdk'

/** What somebody may do in a chat, in the words of people. The numbers are https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels */
export type Role = 'owner' | 'admin' | 'moderator' | 'member'

/** Roles that can be given. Being an owner comes with having opened the chat. */
export const grantableRoles = ['admin', 'moderator', 'member'] as const
export type GrantableRole = (typeof grantableRoles)[number]

export const levelOf: Readonly<Record<GrantableRole, number>> = { admin: 100, moderator: 50, member: 0 }

export function roleAt(level: number): Role {
  if (level > levelOf.admin) return 'owner'
  if (level >= levelOf.admin) return 'admin'
  return level >= levelOf.moderator ? 'moderator' : 'member'
}

export function levelIn(room: Room, userId: string): number {
  return room.getMember(userId)?.powerLevel ?? 0
}

/** What one person may do with another's membership and role. */
export type Powers = { setRole: boolean; remove: boolean; ban: boolean; mostLevel: number }

export function powersOver(room: Room, me: string, userId: string): Powers {
  const mine = levelIn(room, me)
  const theirs = levelIn(room, userId)
  const above = userId !== me && mine > theirs
  return {
    setRole: room.currentState.maySendStateEvent('m.room.power_levels', me) && above,
    remove: above && mine >= neededFor(room, 'kick'),
    ban: above && mine >= neededFor(room, 'ban'),
    mostLevel: mine,
  }
}

/** Whether somebody's level is enough for one of the acts that are no events. */
export function mayAct(room: Room, me: string, act: 'invite' | 'kick' | 'ban'): boolean {
  return levelIn(room, me) >= neededFor(room, act)
}

function neededFor(room: Room, act: 'invite' | 'kick' | 'ban'): number {
  const level: unknown = powerLevels(room)[act]
  return typeof level === 'number' ? level : act === 'invite' ? 0 : 50
}

export function powerLevels(room: Room): Record<string, unknown> {
  return room.currentState.getStateEvents('m.room.power_levels', '')?.getContent() ?? {}
}
