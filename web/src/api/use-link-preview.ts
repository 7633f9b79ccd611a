import { useEffect, useState } from 'react'
import { useClient } from './client-context.ts'

export type LinkPreview = { title: string; text?: string; picture?: string }

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url; nothing where nobody answers. */
export function useLinkPreview(address: string, at: number): LinkPreview | undefined {
  const client = useClient()
  const [preview, setPreview] = useState<LinkPreview>()
  useEffect(() => {
    let gone = false
    client.getUrlPreview(address, at).then(
      (told) => !gone && setPreview(read(told)),
      () => {},
    )
    return () => {
      gone = true
    }
  }, [client, address, at])
  return preview
}

function read(told: Record<string, unknown>): LinkPreview | undefined {
  const title = told['og:title']
  const text = told['og:description']
  const picture = told['og:image']
  if (typeof title !== 'string' || title === '') return undefined
  return {
    title,
    ...(typeof text === 'string' && { text }),
    ...(typeof picture === 'string' && picture.startsWith('mxc://') && { picture }),
  }
}
