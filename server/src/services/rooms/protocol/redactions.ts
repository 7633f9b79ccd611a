import { serverNameOf } from './identifiers.ts'
import type { Pdu } from './pdu.ts'
import { actionLevel, type PowerLevels, userLevel } from './power-levels.ts'
import type { RoomVersion } from './room-versions.ts'

/** The id of the event that a redaction is about; undefined for other events and where it is malformed. */
export function redactionTarget(
  version: RoomVersion,
  event: Pick<Pdu, 'type' | 'content' | 'redacts'>,
): string | undefined {
  if (event.type !== 'm.room.redaction') return undefined
  const target = version.redactsInContent ? event.content['redacts'] : event.redacts
  return typeof target === 'string' ? target : undefined
}

/**
 * Whether a redaction that passed the authorisation rules may take effect: its sender has the redact level, or
 * both events come from the same server. Until then it is neither applied nor shown to clients.
 *
 * https://spec.matrix.org/v1.19/rooms/v11/#handling-redactions
 */
export function redactionApplies(
  levels: PowerLevels,
  redactionSender: string,
  targetSender: string,
): boolean {
  return (
    userLevel(levels, redactionSender) >= actionLevel(levels, 'redact') ||
    serverNameOf(redactionSender) === serverNameOf(targetSender)
  )
}
