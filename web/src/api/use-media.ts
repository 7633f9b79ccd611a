import { useEffect, useState } from 'react'
import { useClient } from './client-context.ts'
import { loadMedia, type MediaSource } from './media.ts'

export type LoadedMedia = { address?: string; failed?: boolean }

/** Loads while the component is there. `undefined` loads nothing. */
export function useMedia(source: MediaSource | undefined): LoadedMedia {
  const client = useClient()
  const [loaded, setLoaded] = useState<LoadedMedia & { of?: string }>({})
  const key = source && `${source.url} ${source.edge ?? ''}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: the source is what its key says.
  useEffect(() => {
    if (!source || key === undefined) return
    let gone = false
    loadMedia(client, source).then(
      (address) => !gone && setLoaded({ address, of: key }),
      () => !gone && setLoaded({ failed: true, of: key }),
    )
    return () => {
      gone = true
    }
  }, [client, key])
  return loaded.of === key ? loaded : {}
}

/** The picture of a person or chat, small. */
export function usePicture(mxc: string | null | undefined): string | undefined {
  return useMedia(mxc ? { url: mxc, edge: 96 } : undefined).address
}
