import type { en } from './en.ts'
import { calls } from './id/calls.ts'
import { chat } from './id/chat.ts'
import { chats } from './id/chats.ts'
import { general } from './id/general.ts'
import { groups } from './id/groups.ts'
import { more } from './id/more.ts'
import { pay } from './id/pay.ts'
import { people } from './id/people.ts'
import { push } from './id/push.ts'
import { security } from './id/security.ts'
import { settings } from './id/settings.ts'
import { signIn } from './id/sign-in.ts'
import { stickers } from './id/stickers.ts'
import type { Translated } from './messages.ts'

export const id: Translated<typeof en> = {
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
