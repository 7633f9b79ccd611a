import type { RoomPlan } from '../sections/room-plan.ts'
import type { View } from '../view.ts'
import type { Connection, Telling } from './connection.ts'
import type { Wanted } from './request.ts'
import type { Window } from './window.ts'

/** What the parts of a sliding sync's answer are made from: a view of the moment, and what its client has. */
export type SlidingView = View & {
  wanted: Wanted
  /** As the client has it. */
  connection: Connection
  window: Window
  /** How the person's rooms moved since the token. */
  plan: RoomPlan
  /** What this answer changes about the connection. */
  telling: Telling
}
