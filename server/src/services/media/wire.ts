import Type, { type Static } from 'typebox'

/** https://spec.matrix.org/v1.19/client-server-api/#matrix-content-mxc-uris */
export const MediaParams = Type.Object({ serverName: Type.String(), mediaId: Type.String() })
export const NamedMediaParams = Type.Object({
  serverName: Type.String(),
  mediaId: Type.String(),
  fileName: Type.String(),
})

const Milliseconds = Type.String({ pattern: '^[0-9]{1,15}$' })
const TrueOrFalse = Type.Union([Type.Literal('true'), Type.Literal('false')])
const Pixels = Type.String({ pattern: '^0*[1-9][0-9]{0,8}$' })

const waiting = { timeout_ms: Type.Optional(Milliseconds) }
/** The deprecated endpoints know two more parameters. Nothing is fetched from elsewhere and nobody is redirected. */
const legacy = { allow_remote: Type.Optional(TrueOrFalse), allow_redirect: Type.Optional(TrueOrFalse) }

export const DownloadQuery = Type.Object({ ...waiting, ...legacy })
export const ThumbnailQuery = Type.Object({
  ...waiting,
  ...legacy,
  width: Pixels,
  height: Pixels,
  method: Type.Optional(Type.Union([Type.Literal('crop'), Type.Literal('scale')])),
  animated: Type.Optional(TrueOrFalse),
})
export type ThumbnailQuery = Static<typeof ThumbnailQuery>

export const PreviewQuery = Type.Object({ url: Type.String(), ts: Type.Optional(Milliseconds) })

export const UploadQuery = Type.Object({ filename: Type.Optional(Type.String()) })
export const UploadAnswer = Type.Object({ content_uri: Type.String() })
export const CreateAnswer = Type.Object({ content_uri: Type.String(), unused_expires_at: Type.Integer() })
export const MediaConfigAnswer = Type.Object({ 'm.upload.size': Type.Integer() })
export type UploadAnswer = Static<typeof UploadAnswer>
export type CreateAnswer = Static<typeof CreateAnswer>
export type MediaConfigAnswer = Static<typeof MediaConfigAnswer>
