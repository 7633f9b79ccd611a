/** One thing sent, as its sender knows it. Times are Unix milliseconds. */
export type SendRecord = {
  /** The transaction id, which the content carries as well. */
  id: string
  who: string
  roomId: string
  begunAt?: number
  acknowledgedAt?: number
  eventId?: string
}

/** What one device was shown of one room. */
export type RoomView = {
  roomId: string
  /** The newest event of its first sync: everything after it has to be shown. */
  begin: string
  /** In the order in which the syncs showed it, gaps filled through /messages; when, and by which site. */
  seen: { eventId: string; at: number; site: string }[]
}

export type DeviceView = {
  who: string
  deviceId: string
  rooms: RoomView[]
  /** It logged out, and need not have seen everything. */
  ended: boolean
}

/** A room as one site tells it, oldest first. */
export type Timeline = {
  site: string
  roomId: string
  events: { eventId: string; sendId?: string }[]
}
