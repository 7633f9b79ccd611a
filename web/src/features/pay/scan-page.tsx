import { ImageUp } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { ScanView } from '../../../../server/src/services/checkout/wire.ts'
import { explain } from '../../api/explain-money.ts'
import { useWallet } from '../../api/wallet.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { PageShell } from './page-shell.tsx'
import { readCodeIn } from './read-code.ts'
import styles from './scan-page.module.css'
import { ShopPayment } from './shop-payment.tsx'

/** Reads the code of a shop with the camera, or from a picture, and leads to paying it. */
export function ScanPage() {
  const text = useText()
  const wallet = useWallet()
  const [found, setFound] = useState<{ payload: string; shop: ScanView }>()
  const [problem, setProblem] = useState<string>()
  const picture = useRef<HTMLInputElement>(null)

  const take = useCallback(
    async (payload: string) => {
      try {
        setFound({ payload, shop: await wallet.scan(payload) })
        setProblem(undefined)
      } catch (error) {
        setProblem(explain(error, text))
      }
    },
    [wallet, text],
  )

  async function readPicture(file: File | undefined): Promise<void> {
    if (!file) return
    const bitmap = await createImageBitmap(file).catch(() => undefined)
    const payload = bitmap && (await readCodeIn(bitmap, bitmap.width, bitmap.height))
    if (payload === undefined) setProblem(text('pay.scanNothing'))
    else await take(payload)
  }

  if (found)
    return (
      <PageShell title={found.shop.merchant}>
        <ShopPayment {...found} />
      </PageShell>
    )
  return (
    <PageShell title={text('pay.scan')}>
      <Camera onFound={take} />
      <p className={styles['text']}>{text('pay.scanText')}</p>
      {problem !== undefined && (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
      <Button look="soft" wide onClick={() => picture.current?.click()}>
        <ImageUp size={18} aria-hidden />
        {text('pay.scanPicture')}
      </Button>
      <input
        ref={picture}
        className={styles['field']}
        type="file"
        accept="image/*"
        aria-label={text('pay.scanPicture')}
        tabIndex={-1}
        onChange={(event) => {
          void readPicture(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </PageShell>
  )
}

const lookMs = 200

function Camera({ onFound }: { onFound: (payload: string) => Promise<void> }) {
  const text = useText()
  const video = useRef<HTMLVideoElement>(null)
  const [missing, setMissing] = useState(false)
  useEffect(() => {
    let gone = false
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    /** The same code before the camera is asked about once. */
    let last: string | undefined

    async function look(): Promise<void> {
      const shown = video.current
      if (shown && shown.videoWidth > 0) {
        const payload = await readCodeIn(shown, shown.videoWidth, shown.videoHeight)
        if (gone) return
        if (payload !== undefined && payload !== last) {
          last = payload
          await onFound(payload)
        }
      }
      if (!gone) timer = setTimeout(() => void look(), lookMs)
    }

    async function start(): Promise<void> {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      if (gone || !video.current) return stop()
      video.current.srcObject = stream
      await video.current.play()
      await look()
    }

    function stop(): void {
      for (const track of stream?.getTracks() ?? []) track.stop()
    }

    start().catch(() => !gone && setMissing(true))
    return () => {
      gone = true
      clearTimeout(timer)
      stop()
    }
  }, [onFound])
  return (
    <div className={styles['camera']}>
      {missing ? (
        <p>{text('pay.scanNoCamera')}</p>
      ) : (
        <>
          <video ref={video} muted playsInline aria-hidden />
          <span className={styles['frame']} aria-hidden />
        </>
      )}
    </div>
  )
}
