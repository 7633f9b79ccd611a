import type { TimelineEvent } from '../../rooms/api.ts'
import { onlyFields } from '../filters/event-fields.ts'
import { type Json, json, knownJson } from '../json-text.ts'
import type { Sources, View } from '../view.ts'
import type { Look } from './look.ts'

/**
 * Room events as this person gets them, by event id: one call for all rooms of the answer. Where the timeline has
 * a gap its events carry what their children say, because the client may never see those.
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
export async function presentLooks(
  sources: Sources,
  view: View,
  looks: readonly Look[],
): Promise<Map<string, Json>> {
  const plain = looks.flatMap(({ scene, state }) =>
    scene.timeline.limited ? state : [...state, ...scene.timeline.events],
  )
  const bundled = looks.flatMap(({ scene }) => (scene.timeline.limited ? scene.timeline.events : []))
  const texts = new Map<string, Json>()
  const [plainTexts, bundledTexts] = await Promise.all([
    present(sources, view, plain, false),
    present(sources, view, bundled, true),
  ])
  for (const [index, { eventId }] of plain.entries()) texts.set(eventId, plainTexts[index] ?? nothing)
  for (const [index, { eventId }] of bundled.entries()) texts.set(eventId, bundledTexts[index] ?? nothing)
  return texts
}

const nothing = knownJson('{}')

async function present(
  { rooms }: Sources,
  { caller, filter }: View,
  events: readonly TimelineEvent[],
  bundle: boolean,
): Promise<Json[]> {
  if (events.length === 0) return []
  const { userId, sessionId } = caller
  const { eventFields } = filter
  if (filter.eventFormat === 'federation') {
    const pdus = await rooms.pdus(events)
    return pdus.map((pdu) => json(eventFields ? onlyFields(pdu, eventFields) : pdu))
  }
  if (!eventFields) return (await rooms.presentJson(events, { userId, sessionId }, { bundle })).map(knownJson)
  const presented = await rooms.present(events, { userId, sessionId }, { bundle })
  return presented.map((event) => json(onlyFields(event, eventFields)))
}
