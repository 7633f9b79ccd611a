import type { Clock } from '../../../platform/clock.ts'
import type { Entry } from '../zip.ts'

/** Says what the file is, to whoever has nothing but the file. */
export function readmeEntry(
  { clock, serverName }: { clock: Clock; serverName: string },
  userId: string,
): Entry {
  return { path: 'README.txt', content: text(userId, serverName, new Date(clock.now()).toISOString()) }
}

async function* text(userId: string, serverName: string, time: string): AsyncGenerator<string> {
  yield `Everything that the Matrix server ${serverName} kept for ${userId} on ${time}.

account.json        who this is: profile, e-mail addresses, devices
account-data.jsonl  settings of the account and of its rooms: type, content, room_id
push-rules.json     what notifies (the content of m.push_rules)
rooms.jsonl         the rooms, each with the folder in which its events are
rooms/*/state.jsonl     the state of a room: its name, its members ...
rooms/*/timeline.jsonl  what happened there and could be seen, the oldest first
media.jsonl         the files that were uploaded: content_uri is how events name them, file is where it is
media/*             those files

A .jsonl file holds one JSON value a line, in UTF-8. Events have the form of the Matrix client-server API:
https://spec.matrix.org/v1.19/client-server-api/#room-event-format
Events of the type m.room.encrypted can be read with the keys that the apps of the account export.
`
}
