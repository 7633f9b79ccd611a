import { Share2 } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { pictureOf } from '../../api/chat-summary.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { CopyLink } from './copy-link.tsx'
import styles from './link-code.module.css'

type LinkCodeProps = { room: Room; link: string; open: boolean; onClose: () => void }

/** The way into a chat for who stands in front of the screen, or reads a poster of it. */
export function LinkCode({ room, link, open, onClose }: LinkCodeProps) {
  const text = useText()
  const picture = usePicture(pictureOf(room))
  return (
    <Sheet open={open} title={text('link.code')} closeLabel={text('general.close')} onClose={onClose}>
      <div className={styles['card']}>
        <Avatar size="l" id={room.roomId} name={room.name} picture={picture} />
        <p className={styles['name']}>{room.name}</p>
        <div className={styles['code']}>
          <QrCode text={link} label={link} />
        </div>
        <p className={styles['text']}>{text('link.codeText')}</p>
        <div className={styles['buttons']}>
          <CopyLink link={link} />
          {'share' in navigator && (
            <Button
              look="soft"
              onClick={() => {
                // Whoever closes the choice without choosing has not failed.
                navigator.share({ title: room.name, url: link }).catch(() => {})
              }}
            >
              <Share2 size={18} aria-hidden />
              {text('link.share')}
            </Button>
          )}
        </div>
      </div>
    </Sheet>
  )
}
