import { CallEvent, type CallState, type MatrixCall } from 'matrix-js-sdk/lib/webrtc/call.js'
import { CallFeedEvent } from 'matrix-js-sdk/lib/webrtc/callFeed.js'
import { useChanges } from './use-changes.ts'

/** A call as it stands. */
export type ShownCall = {
  state: CallState
  microphone: boolean
  camera: boolean
  /** The other side's sound and picture, as soon as it is there. */
  remote: MediaStream | undefined
  remoteCamera: boolean
  local: MediaStream | undefined
}

const callEvents = [CallEvent.State, CallEvent.FeedsChanged, CallEvent.Hangup] as const
const feedEvents = [CallFeedEvent.MuteStateChanged, CallFeedEvent.NewStream] as const

export function useCall(call: MatrixCall): ShownCall {
  useChanges(call, callEvents)
  const { remoteUsermediaFeed: remote, localUsermediaFeed: local } = call
  useChanges(remote, feedEvents)
  useChanges(local, feedEvents)
  return {
    state: call.state,
    microphone: local !== undefined && !local.isAudioMuted(),
    camera: local !== undefined && !local.isVideoMuted(),
    remote: remote?.stream,
    remoteCamera: remote !== undefined && !remote.isVideoMuted(),
    local: local?.stream,
  }
}
