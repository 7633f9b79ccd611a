import type { MessageKey } from '../../i18n/en.ts'
import angry from './mo/angry.svg'
import cheer from './mo/cheer.svg'
import coming from './mo/coming.svg'
import cry from './mo/cry.svg'
import hello from './mo/hello.svg'
import laugh from './mo/laugh.svg'
import love from './mo/love.svg'
import no from './mo/no.svg'
import party from './mo/party.svg'
import sleep from './mo/sleep.svg'
import sorry from './mo/sorry.svg'
import tea from './mo/tea.svg'
import thanks from './mo/thanks.svg'
import think from './mo/think.svg'
import wow from './mo/wow.svg'
import yes from './mo/yes.svg'

type OwnSticker = { key: string; label: MessageKey; address: string }

/** The stickers that come with the app: Mo, a grain of rice that has begun to grow. */
export const mo: readonly OwnSticker[] = [
  { key: 'mo-hello', label: 'sticker.hello', address: hello },
  { key: 'mo-thanks', label: 'sticker.thanks', address: thanks },
  { key: 'mo-love', label: 'sticker.love', address: love },
  { key: 'mo-laugh', label: 'sticker.laugh', address: laugh },
  { key: 'mo-yes', label: 'sticker.yes', address: yes },
  { key: 'mo-no', label: 'sticker.no', address: no },
  { key: 'mo-coming', label: 'sticker.coming', address: coming },
  { key: 'mo-cheer', label: 'sticker.cheer', address: cheer },
  { key: 'mo-party', label: 'sticker.party', address: party },
  { key: 'mo-wow', label: 'sticker.wow', address: wow },
  { key: 'mo-think', label: 'sticker.think', address: think },
  { key: 'mo-sorry', label: 'sticker.sorry', address: sorry },
  { key: 'mo-cry', label: 'sticker.cry', address: cry },
  { key: 'mo-angry', label: 'sticker.angry', address: angry },
  { key: 'mo-tea', label: 'sticker.tea', address: tea },
  { key: 'mo-sleep', label: 'sticker.sleep', address: sleep },
]
