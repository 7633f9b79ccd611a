import type { IEncryptedFile } from 'matrix-encrypt-attachment'
import { useEffect, useMemo, useState } from 'react'
import type { MediaSource } from '../../api/media.ts'
import { type LoadedMedia, useMedia } from '../../api/use-media.ts'
import type { ShownThing } from './shown-things.ts'
import { contentOf, infoOf } from './thing-content.ts'

/** Where the file of a message is; `edge` asks for a thumbnail where there can be one. */
export function mediaSource(content: Record<string, unknown>, edge?: number): MediaSource | undefined {
  const type = infoOf(content)['mimetype']
  const known = { ...(typeof type === 'string' && { type }), ...(edge !== undefined && { edge }) }
  const file = content['file'] as (IEncryptedFile & { url?: string }) | undefined
  if (typeof file?.url === 'string') return { ...known, url: file.url, file }
  const url = content['url']
  return typeof url === 'string' ? { ...known, url } : undefined
}

/** The small picture that stands for the file of a message, where it has one. */
export function useThumbnail(thing: ShownThing): LoadedMedia {
  const local = useLocal(thing.entry?.file?.thumbnail?.blob)
  const info = infoOf(contentOf(thing))
  const { thumbnail_file: file, thumbnail_url: url, thumbnail_info: about } = info
  const source = useMemo(
    () => (local.address ? undefined : mediaSource({ file, url, info: about })),
    [local.address, file, url, about],
  )
  const loaded = useMedia(source)
  return local.address ? local : loaded
}

/** The file of a message, from this device while it is on its way. */
export function useThingMedia(thing: ShownThing, edge?: number): LoadedMedia {
  const blob = thing.entry?.file?.blob
  const local = useLocal(blob)
  const content = contentOf(thing)
  const source = useMemo(() => (blob ? undefined : mediaSource(content, edge)), [blob, content, edge])
  const loaded = useMedia(source)
  return blob ? local : loaded
}

/** An address of this page for what is on this device. */
function useLocal(blob: Blob | undefined): LoadedMedia {
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (!blob) return
    const made = URL.createObjectURL(blob)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [blob])
  return blob && address !== undefined ? { address } : {}
}
