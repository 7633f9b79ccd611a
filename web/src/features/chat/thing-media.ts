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

/** The file of a message, from this device while it is on its way. */
export function useThingMedia(thing: ShownThing, edge?: number): LoadedMedia {
  const blob = thing.entry?.file?.blob
  const [local, setLocal] = useState<string>()
  useEffect(() => {
    if (!blob) return
    const address = URL.createObjectURL(blob)
    setLocal(address)
    return () => URL.revokeObjectURL(address)
  }, [blob])
  const content = contentOf(thing)
  const source = useMemo(() => (blob ? undefined : mediaSource(content, edge)), [blob, content, edge])
  const loaded = useMedia(source)
  return blob ? { ...(local !== undefined && { address: local }) } : loaded
}
