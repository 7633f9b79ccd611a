import type { en } from './en.ts'
import type { Translated } from './messages.ts'
import { calls } from './vi/calls.ts'
import { chat } from './vi/chat.ts'
import { chats } from './vi/chats.ts'
import { general } from './vi/general.ts'
import { groups } from './vi/groups.ts'
import { more } from './vi/more.ts'
import { pay } from './vi/pay.ts'
import { people } from './vi/people.ts'
import { push } from './vi/push.ts'
import { security } from './vi/security.ts'
import { settings } from './vi/settings.ts'
import { signIn } from './vi/sign-in.ts'
import { stickers } from './vi/stickers.ts'

export const vi: Translated<typeof en> = {
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
