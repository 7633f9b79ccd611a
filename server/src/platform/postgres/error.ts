/** Something about the folder, the system or the server that the operator has to put right; the message says how. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}
