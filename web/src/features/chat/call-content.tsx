import { Phone, PhoneMissed, Video } from 'lucide-react'
import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { callOutcome, formatDuration } from '../../api/call-outcome.ts'
import { useClient } from '../../api/client-context.ts'
import { type Text, useText } from '../../i18n/text.ts'
import styles from './call-content.module.css'

const lifetimeDefaultMs = 60_000

/** A call as it stands in a chat: whether it came about, and how long it took. */
export function CallContent({ event }: { event: MatrixEvent }) {
  const text = useText()
  const client = useClient()
  const room = client.getRoom(event.getRoomId())
  const own = event.getSender() === client.getSafeUserId()
  const video = isVideo(event)
  const outcome = room ? outcomeOf(room, event) : ({ kind: 'missed' } as const)
  const Picture = outcome.kind === 'missed' && !own ? PhoneMissed : video ? Video : Phone
  return (
    <div className={styles['call']}>
      <span className={styles['picture']}>
        <Picture size={20} aria-hidden />
      </span>
      <div>
        <p className={styles['title']}>{text(video ? 'calls.videoCall' : 'calls.voiceCall')}</p>
        <p className={styles['text']}>{outcomeText(outcome, own, text)}</p>
      </div>
    </div>
  )
}

/** An offer that has a line of video is one for a video call. */
function isVideo(event: MatrixEvent): boolean {
  const { offer } = event.getContent<{ offer?: { sdp?: unknown } }>()
  return typeof offer?.sdp === 'string' && offer.sdp.includes('m=video')
}

function outcomeOf(room: Room, event: MatrixEvent) {
  const { call_id: callId, lifetime } = event.getContent<{ call_id?: unknown; lifetime?: unknown }>()
  const said = room
    .getLiveTimeline()
    .getEvents()
    .filter((other) => other.getType().startsWith('m.call.'))
    .map((other) => ({
      type: other.getType(),
      callId: other.getContent()['call_id'],
      at: other.getTs(),
    }))
  const ringsMs = typeof lifetime === 'number' ? lifetime : lifetimeDefaultMs
  return callOutcome(callId, said, event.getTs() + ringsMs < Date.now())
}

function outcomeText(outcome: ReturnType<typeof callOutcome>, own: boolean, text: Text): string {
  switch (outcome.kind) {
    case 'ringing':
      return text('calls.calling')
    case 'underWay':
      return text('calls.underWay')
    case 'declined':
      return text('calls.wasDeclined')
    case 'missed':
      return text(own ? 'calls.noAnswer' : 'calls.missed')
    case 'ended':
      return formatDuration(outcome.durationMs)
  }
}
