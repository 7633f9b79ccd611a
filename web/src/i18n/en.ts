import { calls } from './en/calls.ts'
import { chat } from './en/chat.ts'
import { chats } from './en/chats.ts'
import { general } from './en/general.ts'
import { groups } from './en/groups.ts'
import { more } from './en/more.ts'
import { pay } from './en/pay.ts'
import { people } from './en/people.ts'
import { push } from './en/push.ts'
import { security } from './en/security.ts'
import { settings } from './en/settings.ts'
import { signIn } from './en/sign-in.ts'
import { stickers } from './en/stickers.ts'

/** Everything that Dure says, by area. English is the original: the other languages have the same keys. */
export const en = {
  ...general,
  ...signIn,
  ...chats,
  ...chat,
  ...groups,
  ...more,
  ...security,
  ...settings,
  ...people,
  ...calls,
  ...push,
  ...pay,
  ...stickers,
}

export type MessageKey = keyof typeof en
