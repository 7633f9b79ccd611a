/** Bytes that are stored once, whatever number of media items show them. */
export type Content = { sha256: Buffer; blobId: string; sizeBytes: number }

/** Size of every piece of a blob but the last. Changing it would make stored blobs unreadable. */
export const chunkBytes = 256 * 1024
