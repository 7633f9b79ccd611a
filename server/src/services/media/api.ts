import type { Content } from './blobs/content.ts'

/** What a client says about the file it uploads. */
export type UploadDescription = {
  userId: string
  /** As sent; undefined when the request had none. */
  contentType: string | undefined
  fileName: string | undefined
}

/** A media item whose content is here. */
export type MediaItem = {
  mediaId: string
  content: Content
  contentType: string
  fileName: string | undefined
  uploadedAtMs: number
}

export type Media = {
  /** Stores a file under a new media ID; resolves when it is durable. */
  upload(description: UploadDescription, bytes: AsyncIterable<Uint8Array>): Promise<{ mediaId: string }>
  /** Makes a media ID whose content will follow. */
  reserve(userId: string): Promise<{ mediaId: string; unusedExpiresAtMs: number }>
  /** Stores the content of a reserved media ID, once. */
  complete(mediaId: string, description: UploadDescription, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** The item, waiting up to `timeoutMs` for a reserved one to get its content. */
  find(mediaId: string, timeoutMs: number, signal: AbortSignal): Promise<MediaItem>
  /** What a person has uploaded, by media ID, after that of another page. */
  uploadsOf(userId: string, page: { after: string; limit: number }): Promise<MediaItem[]>
  /** The bytes, piece by piece as they are asked for. */
  read(content: Content): AsyncIterable<Buffer>
}
