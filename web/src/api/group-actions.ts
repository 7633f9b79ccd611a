import type { Room } from 'matrix-js-sdk'
import { type GrantableRole, levelOf, powerLevels } from './roles.ts'

/** Who can come into a chat without being invited. */
export type Joining = 'invite' | 'knock' | 'public' | 'restricted'

export function joiningOf(room: Room): Joining {
  const rule: unknown = room.currentState.getStateEvents('m.room.join_rules', '')?.getContent()['join_rule']
  if (rule === 'knock' || rule === 'public') return rule
  return rule === 'restricted' || rule === 'knock_restricted' ? 'restricted' : 'invite'
}

export async function setJoining(room: Room, rule: 'invite' | 'knock' | 'public'): Promise<void> {
  await setState(room, 'm.room.join_rules', { join_rule: rule })
}

export async function setAbout(room: Room, { name, topic }: { name: string; topic: string }): Promise<void> {
  if (name !== nameOf(room)) await setState(room, 'm.room.name', { name })
  if (topic !== topicOf(room)) await setState(room, 'm.room.topic', { topic })
}

export function nameOf(room: Room): string {
  return stringIn(room, 'm.room.name', 'name')
}

export function topicOf(room: Room): string {
  return stringIn(room, 'm.room.topic', 'topic')
}

/** Whether only moderators and admins write there. */
export function isAnnouncementsOnly(room: Room): boolean {
  const level: unknown = powerLevels(room)['events_default']
  return typeof level === 'number' && level >= levelOf.moderator
}

/** Reactions stay open to everybody. */
export async function setAnnouncementsOnly(room: Room, only: boolean): Promise<void> {
  const levels = powerLevels(room)
  const events = { ...(levels['events'] as Record<string, number> | undefined), 'm.reaction': 0 }
  await setState(room, 'm.room.power_levels', {
    ...levels,
    events,
    events_default: only ? levelOf.moderator : levelOf.member,
  })
}

export async function setRole(room: Room, userId: string, role: GrantableRole): Promise<void> {
  const levels = powerLevels(room)
  const users = { ...(levels['users'] as Record<string, number> | undefined), [userId]: levelOf[role] }
  await setState(room, 'm.room.power_levels', { ...levels, users })
}

export async function invite(room: Room, userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) await room.client.invite(room.roomId, userId)
}

/** The name under which the person is known in this chat alone; an empty one gives their usual name back. */
export async function setNameHere(room: Room, name: string): Promise<void> {
  const { client } = room
  const me = client.getSafeUserId()
  const usual = await client.getProfileInfo(me)
  const { avatar_url: picture } = room.getMember(me)?.events.member?.getContent() ?? {}
  const displayname = name.trim() || usual.displayname
  await setState(
    room,
    'm.room.member',
    {
      membership: 'join',
      ...(displayname !== undefined && { displayname }),
      ...(typeof picture === 'string' && { avatar_url: picture }),
    },
    me,
  )
}

/** An address at which this server's web client shows the chat, or how to come into it. */
export function linkTo(room: Room): string {
  const open = room.getCanonicalAlias() ?? room.roomId
  return `${location.origin}/app/chats/${encodeURIComponent(open)}`
}

/** People who have asked to be let in, once their request is here. */
export function asking(room: Room) {
  return room.getMembersWithMembership('knock')
}

export function banned(room: Room) {
  return room.getMembersWithMembership('ban')
}

/** Whether a chat shows people under names of their own choice, and anybody can come in. */
export function isOpenChat(room: Room): boolean {
  return !room.hasEncryptionStateEvent() && ['public', 'knock'].includes(joiningOf(room))
}

async function setState(room: Room, type: string, content: object, stateKey = ''): Promise<void> {
  await room.client.sendStateEvent(room.roomId, type as never, content as never, stateKey)
}

function stringIn(room: Room, type: string, key: string): string {
  const value: unknown = room.currentState.getStateEvents(type, '')?.getContent()[key]
  return typeof value === 'string' ? value : ''
}
