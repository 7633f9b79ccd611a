/** Content of `m.room.power_levels`, as far as it has been sent: nothing about its shape is certain. */
export type PowerLevelsContent = {
  readonly users?: unknown
  readonly users_default?: unknown
  readonly notifications?: unknown
}

/**
 * Whether a user may notify the others of a room with a notification type such as `room`
 * (https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels).
 *
 * `creators` are the users whose power has no bound in this room's version
 * (https://spec.matrix.org/v1.19/rooms/v12/), or, while the room has no power levels event, its
 * creator.
 */
export function mayNotify(
  powerLevels: PowerLevelsContent | undefined,
  creators: ReadonlySet<string>,
  userId: string,
  key: string,
): boolean {
  if (creators.has(userId)) return true
  const required = level(member(powerLevels?.notifications, key)) ?? 50
  const actual = level(member(powerLevels?.users, userId)) ?? level(powerLevels?.users_default) ?? 0
  return actual >= required
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}

/** Rooms before version 10 may hold levels as strings (https://spec.matrix.org/v1.19/rooms/v10/). */
function level(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\s*[+-]?[0-9]+\s*$/.test(value)) return Number(value)
  return typeof value === 'number' ? value : undefined
}
