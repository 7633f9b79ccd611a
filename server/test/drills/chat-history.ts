import assert from 'node:assert/strict'

/** What one client knows of one message: when it first asked, and when it was told that the message is safe. */
export type Acknowledged = {
  eventId: string
  roomId: string
  id: string
  askedAt: number
  acknowledgedAt: number
}

/**
 * Compares what was acknowledged with a room's timeline as the server tells it: each acknowledged message is there once
 * and under the event id of its acknowledgement, and a message asked for after another was acknowledged stands after it.
 */
export function checkTimeline(
  roomId: string,
  timeline: readonly { eventId: string; id: string }[],
  acknowledged: readonly Acknowledged[],
): void {
  const ids = timeline.map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length, `${roomId}: a message is there twice: ${firstRepeated(ids)}`)
  const byId = new Map(timeline.map((entry, index) => [entry.id, { ...entry, index }]))
  for (const { id, eventId } of acknowledged) {
    const stored = byId.get(id)
    assert(stored, `${roomId}: acknowledged message ${id} is lost`)
    assert.equal(stored.eventId, eventId, `${roomId}: message ${id} was acknowledged under another event id`)
  }
  const inOrder = acknowledged.toSorted((a, b) => (byId.get(a.id)?.index ?? 0) - (byId.get(b.id)?.index ?? 0))
  let latestAsked: Acknowledged | undefined
  for (const message of inOrder) {
    assert(
      latestAsked === undefined || message.acknowledgedAt >= latestAsked.askedAt,
      `${roomId}: ${message.id} was acknowledged before ${latestAsked?.id} was asked for, and stands after it`,
    )
    if (latestAsked === undefined || message.askedAt > latestAsked.askedAt) latestAsked = message
  }
}

/** A client's own view, put together from its syncs, must be the server's timeline from where the client began. */
export function checkView(who: string, seen: readonly string[], timeline: readonly string[]): void {
  assert.equal(new Set(seen).size, seen.length, `${who} was shown an event twice: ${firstRepeated(seen)}`)
  assert.deepEqual(seen, timeline.slice(timeline.length - seen.length), `${who} was shown another order`)
}

function firstRepeated(ids: readonly string[]): string | undefined {
  return ids.find((id, index) => ids.indexOf(id) !== index)
}
