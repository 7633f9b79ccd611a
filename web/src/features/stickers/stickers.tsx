import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { sendOwnSticker, sendPackSticker } from '../../api/send-sticker.ts'
import { type PackSticker, useStickerPacks } from '../../api/sticker-packs.ts'
import { useMedia } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { showToast } from '../../ui/toast.tsx'
import { mo } from './mo.ts'
import styles from './stickers.module.css'

type StickersProps = {
  room: Room
  threadId?: string
  /** What the sticker relates to, such as the message that is answered. */
  relation: Record<string, unknown>
  onSent: () => void
}

const moPack = 'mo'

/** Stickers to choose from, below the field: one press sends. */
export function Stickers({ room, threadId, relation, onSent }: StickersProps) {
  const text = useText()
  const client = useClient()
  const packs = useStickerPacks(room)
  const [chosen, setChosen] = useState<string>()
  const pack = packs.find(({ key }) => key === (chosen ?? packs[0]?.key))
  const where = { roomId: room.roomId, ...(threadId !== undefined && { threadId }) }

  function send(work: Promise<void>): void {
    work.then(onSent, () => showToast(text('general.failed')))
  }

  return (
    <section className={styles['panel']} aria-label={text('sticker.title')}>
      {packs.length > 0 && (
        <div className={styles['packs']}>
          <ChoiceTabs
            label={text('sticker.packs')}
            value={pack?.key ?? moPack}
            onChange={setChosen}
            choices={[
              ...packs.map(({ key, name }) => ({ value: key, label: name })),
              { value: moPack, label: text('sticker.mo') },
            ]}
          />
        </div>
      )}
      <div className={styles['stickers']}>
        {pack
          ? pack.stickers.map((sticker) => (
              <FromPack
                key={sticker.key}
                sticker={sticker}
                onPress={() => send(sendPackSticker(where, sticker, relation))}
              />
            ))
          : mo.map(({ key, label, address }) => (
              <button
                key={key}
                type="button"
                aria-label={text(label)}
                title={text(label)}
                onClick={() =>
                  send(sendOwnSticker(client, where, { key, body: text(label), address }, relation))
                }
              >
                <img src={address} alt="" draggable={false} />
              </button>
            ))}
      </div>
      {room.hasEncryptionStateEvent() && <p className={styles['aside']}>{text('sticker.notSecret')}</p>}
    </section>
  )
}

function FromPack({ sticker, onPress }: { sticker: PackSticker; onPress: () => void }) {
  const { address } = useMedia({ url: sticker.url, edge: 160 })
  return (
    <button type="button" aria-label={sticker.body} title={sticker.body} onClick={onPress}>
      {address !== undefined && <img src={address} alt="" draggable={false} />}
    </button>
  )
}
