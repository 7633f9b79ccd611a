import type { MatrixClient, MatrixEvent, Room } from 'matrix-js-sdk'
import { useEffect, useState } from 'react'
import { useClient } from './client-context.ts'
import { loadedEvents, loadOlder } from './timeline.ts'
import { decryptAll } from './use-decryption.ts'

const resultsMost = 100
/** How far back an encrypted chat is searched, which only this device can do. */
const pagesBack = 25

/**
 * Messages that contain a text, newest first. The server searches what it can read; in an encrypted chat this device
 * does, further and further back.
 */
export function useChatSearch(room: Room, term: string): readonly MatrixEvent[] {
  const client = useClient()
  const [found, setFound] = useState<{ term: string; events: readonly MatrixEvent[] }>()
  const wanted = term.trim()
  useEffect(() => {
    if (wanted.length < 2) return
    let gone = false
    const show = (events: readonly MatrixEvent[]) => {
      if (!gone) setFound({ term: wanted, events })
      return !gone
    }
    const timer = setTimeout(() => {
      const searching = room.hasEncryptionStateEvent()
        ? searchHere(client, room, wanted, show)
        : searchThere(client, room, wanted).then(show)
      // Without a connection what is on this device is searched.
      searching.catch(() => show(matching(room, wanted)))
    }, 250)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [client, room, wanted])
  return found?.term === wanted ? found.events : []
}

async function searchHere(
  client: MatrixClient,
  room: Room,
  term: string,
  show: (events: readonly MatrixEvent[]) => boolean,
): Promise<void> {
  for (let page = 0; page < pagesBack; page++) {
    await decryptAll(client, loadedEvents(room))
    const events = matching(room, term)
    if (!show(events) || events.length >= resultsMost) return
    if (!(await loadOlder(client, room))) break
  }
  await decryptAll(client, loadedEvents(room))
  show(matching(room, term))
}

function matching(room: Room, term: string): MatrixEvent[] {
  const wanted = term.toLocaleLowerCase()
  return loadedEvents(room)
    .filter((event) => event.getType() === 'm.room.message' && !event.isRelation('m.replace'))
    .filter((event) =>
      String(event.getContent()['body'] ?? '')
        .toLocaleLowerCase()
        .includes(wanted),
    )
    .reverse()
    .slice(0, resultsMost)
}

async function searchThere(client: MatrixClient, room: Room, term: string): Promise<MatrixEvent[]> {
  const { results } = await client.searchRoomEvents({ term, filter: { rooms: [room.roomId] } })
  return results
    .map(({ context }) => context.getEvent())
    .filter((event) => event.getRoomId() === room.roomId)
    .sort((a, b) => b.getTs() - a.getTs())
    .slice(0, resultsMost)
}
