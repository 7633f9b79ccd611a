/** One broken promise: what, to whom, where, when. */
export type Violation = {
  what: ViolationKind
  /** A sentence for people. */
  detail: string
  /** User id, with the device when one device only is concerned. */
  who?: string
  site?: string
  roomId?: string
  eventId?: string
  /** Unix milliseconds: when the client was told what turned out to be untrue, or when the check found it. */
  at: number
}

export type ViolationKind =
  /** Acknowledged, and not there. */
  | 'lost'
  /** There, or shown, more than once. */
  | 'doubled'
  /** There under another event id, or with other content, than was acknowledged. */
  | 'altered'
  /** Shown in, or standing in, another order than the server's. */
  | 'reordered'
  /** Shown to a client, and later not there. */
  | 'vanished'
  /** There, and passed over by a client's sync tokens. */
  | 'skipped'
  /** A live session that was refused, or an ended one that was not. */
  | 'session'
  /** A file that cannot be read, or with other bytes. */
  | 'media'
  /** Two sites tell different histories. */
  | 'diverged'
