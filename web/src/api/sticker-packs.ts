import { ClientEvent, type MatrixClient, type MatrixEvent, type Room, RoomStateEvent } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

export type PackSticker = { key: string; body: string; url: string; info: Record<string, unknown> }
export type StickerPack = { key: string; name: string; stickers: readonly PackSticker[] }

/**
 * Image packs, under their names in the specification and under those that they had before, which many packs still have.
 * https://spec.matrix.org/v1.19/client-server-api/#image-packs
 */
const packTypes = ['m.room.image_pack', 'im.ponies.room_emotes'] as const
const chosenTypes = ['m.image_pack.rooms', 'im.ponies.emote_rooms'] as const
/** What a person had for themselves alone; the specification has no such pack any more. */
const formerOwnType = 'im.ponies.user_emotes'

const packsMost = 50
const stickersMost = 200
/** As deep as a community in a community is looked at. */
const depthMost = 4

const clientEvents = [ClientEvent.AccountData, ClientEvent.Room, RoomStateEvent.Events] as const

/** The packs that are offered in a chat: the person's own, then the chat's, then those of the communities it is in. */
export function useStickerPacks(room: Room): readonly StickerPack[] {
  const client = useClient()
  const version = useChanges(client, clientEvents)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the client holds something new.
  return useMemo(() => packsFor(client, room), [client, room, version])
}

function packsFor(client: MatrixClient, room: Room): StickerPack[] {
  const packs = [
    ...chosenPacks(client),
    ...packsOf(room),
    ...communitiesOf(client, room).flatMap((community) => packsOf(community)),
  ]
  return [...new Map(packs.map((pack) => [pack.key, pack])).values()].slice(0, packsMost)
}

function chosenPacks(client: MatrixClient): StickerPack[] {
  const own = readPack(
    'own',
    client.getUser(client.getSafeUserId())?.displayName ?? '',
    accountData(client, formerOwnType),
  )
  const chosen = chosenTypes.flatMap((type) => {
    const { rooms } = accountData(client, type)
    return Object.entries(objectOf(rooms)).flatMap(([roomId, keys]) => {
      const room = client.getRoom(roomId)
      return room
        ? packsOf(room).filter(({ key }) =>
            Object.keys(objectOf(keys)).some((name) => key === `${roomId} ${name}`),
          )
        : []
    })
  })
  return own ? [own, ...chosen] : chosen
}

function packsOf(room: Room): StickerPack[] {
  const events = packTypes.flatMap((type) => room.currentState.getStateEvents(type) as MatrixEvent[])
  return events.flatMap(
    (event) => readPack(`${room.roomId} ${event.getStateKey()}`, room.name, event.getContent()) ?? [],
  )
}

/** The stickers of a pack; nothing when it has none. A body that is missing is the shortcode. */
export function readPack(
  key: string,
  usualName: string,
  content: Record<string, unknown>,
): StickerPack | undefined {
  const about = objectOf(content['pack'])
  const stickers = Object.entries(objectOf(content['images']))
    .filter(([, image]) => isFor('sticker', objectOf(image)['usage'], about['usage']))
    .slice(0, stickersMost)
    .flatMap(([shortcode, image]): PackSticker[] => {
      const { url, body, info } = objectOf(image)
      if (typeof url !== 'string' || !url.startsWith('mxc://')) return []
      return [
        { key: shortcode, url, body: typeof body === 'string' ? body : shortcode, info: objectOf(info) },
      ]
    })
  if (stickers.length === 0) return undefined
  const name = about['display_name']
  return { key, name: typeof name === 'string' && name !== '' ? name : usualName, stickers }
}

/** Older packs say it of single images. Where nothing is said, everything is meant. */
function isFor(use: string, ofImage: unknown, ofPack: unknown): boolean {
  const said = [ofImage, ofPack].find((list) => Array.isArray(list) && list.length > 0)
  return !Array.isArray(said) || said.includes(use)
}

/** The canonical community of a chat that the person is in, the one which that is in, and so on. */
function communitiesOf(client: MatrixClient, room: Room): Room[] {
  const found: Room[] = []
  for (let inner = room; found.length < depthMost; ) {
    const parents = inner.currentState.getStateEvents('m.space.parent') as MatrixEvent[]
    const canonical = parents
      .filter((event) => event.getContent()['canonical'] === true)
      .map((event) => event.getStateKey() ?? '')
      .sort()[0]
    const outer = canonical === undefined ? null : client.getRoom(canonical)
    if (outer?.getMyMembership() !== 'join' || found.includes(outer) || outer === room) break
    found.push(outer)
    inner = outer
  }
  return found
}

function accountData(client: MatrixClient, type: string): Record<string, unknown> {
  return client.getAccountData(type as never)?.getContent() ?? {}
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
