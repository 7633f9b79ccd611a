import type { MatrixClient } from 'matrix-js-sdk'
import {
  CryptoEvent,
  type ShowSasCallbacks,
  VerificationPhase,
  type VerificationRequest,
  VerificationRequestEvent,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js'
import { createStore, type Store } from './store.ts'

/** A comparison of emoji between two devices of one person, as one of them sees it. */
export type ComparisonStep =
  | { kind: 'asked' }
  | { kind: 'waiting' }
  | { kind: 'comparing'; emoji: readonly string[]; names: readonly string[] }
  | { kind: 'done' }
  | { kind: 'cancelled' }

export type Comparison = {
  step: Pick<Store<ComparisonStep>, 'get' | 'subscribe'>
  /** The other device, when it asked. */
  deviceId: string | undefined
  accept(): void
  /** The person says whether both devices show the same. */
  answer(same: boolean): void
  cancel(): void
}

/** Asks the person's other devices to compare. */
export async function askOtherDevices(client: MatrixClient): Promise<Comparison> {
  const crypto = client.getCrypto()
  if (!crypto) throw new Error('the client was started without encryption')
  return follow(await crypto.requestOwnUserVerification())
}

/** Tells of each request by another device of the person's. Returns what ends it. */
export function whenAsked(client: MatrixClient, tell: (comparison: Comparison) => void): () => void {
  const received = (request: VerificationRequest) => {
    if (request.isSelfVerification && request.phase === VerificationPhase.Requested) tell(follow(request))
  }
  client.on(CryptoEvent.VerificationRequestReceived, received)
  return () => client.off(CryptoEvent.VerificationRequestReceived, received)
}

/** https://spec.matrix.org/v1.19/client-server-api/#short-authentication-string-sas-verification */
function follow(request: VerificationRequest): Comparison {
  const step = createStore<ComparisonStep>({ kind: request.initiatedByMe ? 'waiting' : 'asked' })
  let verifier: Verifier | undefined
  let shown: ShowSasCallbacks | undefined
  let started = false

  /** Whoever asked begins; the other side follows. */
  function begin(made: Verifier): void {
    if (verifier) return
    verifier = made
    made.on(VerifierEvent.ShowSas, show)
    const ready = made.getShowSasCallbacks()
    if (ready) show(ready)
    // How it ends is told by the request.
    made.verify().catch(() => look())
  }

  function show(callbacks: ShowSasCallbacks): void {
    shown = callbacks
    const pairs = callbacks.sas.emoji ?? []
    step.set({
      kind: 'comparing',
      emoji: pairs.map(([emoji]) => emoji),
      names: pairs.map(([, name]) => name),
    })
  }

  function look(): void {
    const { phase } = request
    if (phase === VerificationPhase.Done) step.set({ kind: 'done' })
    else if (phase === VerificationPhase.Cancelled) step.set({ kind: 'cancelled' })
    else if (phase === VerificationPhase.Ready && request.initiatedByMe && !started) {
      started = true
      request.startVerification('m.sas.v1').then(begin, cancel)
    } else if (phase === VerificationPhase.Started && request.verifier) begin(request.verifier)
    if (phase === VerificationPhase.Done || phase === VerificationPhase.Cancelled)
      request.off(VerificationRequestEvent.Change, look)
  }

  function cancel(): void {
    step.set({ kind: 'cancelled' })
    request.cancel().catch(() => undefined)
  }

  request.on(VerificationRequestEvent.Change, look)
  look()
  return {
    step,
    deviceId: request.otherDeviceId,
    accept() {
      step.set({ kind: 'waiting' })
      request.accept().catch(cancel)
    },
    answer(same) {
      if (!shown) return
      if (!same) return shown.mismatch()
      step.set({ kind: 'waiting' })
      shown.confirm().catch(cancel)
    },
    cancel,
  }
}
