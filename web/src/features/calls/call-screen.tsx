import { Mic, MicOff, Minimize2, Phone, PhoneOff, Video, VideoOff } from 'lucide-react'
import type { MatrixCall } from 'matrix-js-sdk/lib/webrtc/call.js'
import { useEffect, useState } from 'react'
import { acceptCall, hangUp } from '../../api/calls.ts'
import { useClient } from '../../api/client-context.ts'
import { useProfile } from '../../api/profiles.ts'
import { useCall } from '../../api/use-call.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { showToast } from '../../ui/toast.tsx'
import { CallButton } from './call-button.tsx'
import styles from './call-screen.module.css'
import { CallTime } from './call-time.tsx'
import { ring } from './ring.ts'
import { StreamView } from './stream-view.tsx'

type CallScreenProps = { current: { call: MatrixCall; incoming: boolean; video: boolean } }

/** A call: who it is, what is seen of them, and what can be done. It can be made small, to go on writing meanwhile. */
export function CallScreen({ current }: CallScreenProps) {
  const text = useText()
  const { call, incoming, video } = current
  const shown = useCall(call)
  const [small, setSmall] = useState(false)
  const who = useOther(call)
  const ringing = shown.state === 'ringing'
  const connected = shown.state === 'connected'
  useEffect(() => (ringing && incoming ? ring() : undefined), [ringing, incoming])
  const picture = connected && shown.remoteCamera ? shown.remote : undefined
  return (
    <section
      className={classNames(styles['call'], small && styles['small'])}
      aria-label={text('calls.with', { name: who.name })}
    >
      {/* The sound comes from here even when no picture is shown. */}
      {shown.remote && <StreamView className={styles['remote']} stream={shown.remote} hidden={!picture} />}
      <div className={classNames(styles['who'], picture && styles['aside'])}>
        {!picture && <Avatar size="xl" id={who.userId} name={who.name} picture={who.picture} />}
        <h2>{who.name}</h2>
        <p role="status">
          {connected ? (
            <CallTime />
          ) : (
            text(ringing ? (video ? 'calls.videoCall' : 'calls.voiceCall') : stateText(shown.state, incoming))
          )}
        </p>
      </div>
      {shown.local && shown.camera && (
        <StreamView className={styles['local']} stream={shown.local} muted mirrored />
      )}
      {ringing && incoming ? (
        <div className={styles['buttons']}>
          <CallButton label={text('calls.decline')} look="end" onClick={hangUp}>
            <PhoneOff size={26} aria-hidden />
          </CallButton>
          <CallButton label={text('calls.accept')} look="accept" onClick={() => accept(video)}>
            {video ? <Video size={26} aria-hidden /> : <Phone size={26} aria-hidden />}
          </CallButton>
        </div>
      ) : (
        <OngoingButtons call={call} shown={shown} onSmall={() => setSmall(!small)} />
      )}
    </section>
  )

  function accept(withVideo: boolean): void {
    acceptCall(withVideo).catch(() => showToast(text('calls.noMicrophone')))
  }
}

type OngoingProps = { call: MatrixCall; shown: ReturnType<typeof useCall>; onSmall: () => void }

function OngoingButtons({ call, shown, onSmall }: OngoingProps) {
  const text = useText()
  const failed = () => showToast(text('general.failed'))
  return (
    <div className={styles['buttons']}>
      <CallButton
        label={text('calls.microphone')}
        pressed={!shown.microphone}
        onClick={() => call.setMicrophoneMuted(shown.microphone).catch(failed)}
      >
        {shown.microphone ? <Mic size={24} aria-hidden /> : <MicOff size={24} aria-hidden />}
      </CallButton>
      <CallButton
        label={text('calls.camera')}
        pressed={!shown.camera}
        onClick={() => call.setLocalVideoMuted(shown.camera).catch(failed)}
      >
        {shown.camera ? <Video size={24} aria-hidden /> : <VideoOff size={24} aria-hidden />}
      </CallButton>
      <CallButton label={text('calls.small')} onClick={onSmall}>
        <Minimize2 size={24} aria-hidden />
      </CallButton>
      <CallButton label={text('calls.hangUp')} look="end" onClick={hangUp}>
        <PhoneOff size={26} aria-hidden />
      </CallButton>
    </div>
  )
}

function useOther(call: MatrixCall) {
  const client = useClient()
  const room = client.getRoom(call.roomId)
  const userId = call.getOpponentMember()?.userId ?? room?.getAvatarFallbackMember()?.userId ?? ''
  const profile = useProfile(userId)
  const picture = usePicture(profile.avatarMxc)
  return { userId, name: room?.name ?? profile.name, picture }
}

function stateText(state: string, incoming: boolean) {
  if (state === 'invite_sent') return 'calls.calling'
  return incoming ? 'calls.connecting' : state === 'connecting' ? 'calls.connecting' : 'calls.calling'
}
