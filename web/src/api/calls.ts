import type { MatrixClient } from 'matrix-js-sdk'
import {
  CallErrorCode,
  CallEvent,
  CallParty,
  CallState,
  type MatrixCall,
} from 'matrix-js-sdk/lib/webrtc/call.js'
import { CallEventHandlerEvent } from 'matrix-js-sdk/lib/webrtc/callEventHandler.js'
import { createStore } from './store.ts'

/** How a call came to nothing, as far as the person should be told. */
export type CallProblem = 'noMicrophone' | 'noAnswer' | 'declined' | 'busy' | 'lost'

type Current = { call: MatrixCall; incoming: boolean; video: boolean }

const current = createStore<Current | undefined>(undefined)
const problem = createStore<CallProblem | undefined>(undefined)

/** The one call of this device: ringing, under way, or none. */
export const currentCall = { get: current.get, subscribe: current.subscribe }
/** Why the last call came to nothing; `undefined` where it ended as calls do. */
export const lastProblem = { get: problem.get, subscribe: problem.subscribe }

/** Waits for calls. Whoever is calling already is busy for everybody else. Returns what ends it. */
export function watchCalls(client: MatrixClient): () => void {
  const incoming = (call: MatrixCall) => {
    if (current.get()) {
      // Without a listener an error of the call would be thrown at whoever holds the line.
      call.on(CallEvent.Error, () => undefined)
      call.hangup(CallErrorCode.UserBusy, false)
      return
    }
    begin({ call, incoming: true, video: call.type === 'video' })
  }
  client.on(CallEventHandlerEvent.Incoming, incoming)
  return () => {
    client.off(CallEventHandlerEvent.Incoming, incoming)
    hangUp()
  }
}

/** Calls the other person of a chat of two: https://spec.matrix.org/v1.19/client-server-api/#voice-over-ip */
export async function placeCall(client: MatrixClient, roomId: string, video: boolean): Promise<void> {
  if (current.get()) return
  const call = client.createCall(roomId)
  if (!call) throw new Error('this browser cannot call')
  begin({ call, incoming: false, video })
  await call.placeCall(true, video)
}

export async function acceptCall(video: boolean): Promise<void> {
  await current.get()?.call.answer(true, video)
}

/** Ends the call, or declines it while it rings. */
export function hangUp(): void {
  const { call } = current.get() ?? {}
  if (!call) return
  if (call.state === CallState.Ringing) call.reject()
  else call.hangup(CallErrorCode.UserHangup, false)
  finish(call, undefined)
}

function begin(next: Current): void {
  problem.set(undefined)
  const { call } = next
  let answered = false
  const ended = () => finish(call, whyEnded(next, answered))
  call.on(CallEvent.Error, ({ code }) => {
    if (code === CallErrorCode.NoUserMedia) finish(call, 'noMicrophone')
    else if (call.state === CallState.Ended) finish(call, 'lost')
  })
  call.on(CallEvent.Hangup, ended)
  call.on(CallEvent.Replaced, (replacement) => {
    if (current.get()?.call === call) begin({ ...next, call: replacement })
  })
  call.on(CallEvent.State, (state) => {
    answered ||= state === CallState.Connecting || state === CallState.Connected
    if (state === CallState.Ended) ended()
  })
  current.set(next)
}

function finish(call: MatrixCall, why: CallProblem | undefined): void {
  if (current.get()?.call !== call) return
  problem.set(why)
  current.set(undefined)
}

function whyEnded({ call, incoming }: Current, answered: boolean): CallProblem | undefined {
  const { hangupReason: reason, hangupParty: by } = call
  if (reason === CallErrorCode.IceFailed) return 'lost'
  if (incoming || answered) return undefined
  if (reason === CallErrorCode.InviteTimeout) return 'noAnswer'
  if (by !== CallParty.Remote) return undefined
  return reason === CallErrorCode.UserBusy ? 'busy' : 'declined'
}
