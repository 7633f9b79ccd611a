import type { en } from './en.ts'
import { calls } from './ko/calls.ts'
import { chat } from './ko/chat.ts'
import { chats } from './ko/chats.ts'
import { general } from './ko/general.ts'
import { groups } from './ko/groups.ts'
import { more } from './ko/more.ts'
import { pay } from './ko/pay.ts'
import { people } from './ko/people.ts'
import { push } from './ko/push.ts'
import { security } from './ko/security.ts'
import { settings } from './ko/settings.ts'
import { signIn } from './ko/sign-in.ts'
import { stickers } from './ko/stickers.ts'
import type { Translated } from './messages.ts'

export const ko: Translated<typeof en> = {
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
