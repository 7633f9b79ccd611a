import type { Device } from '../api.ts'
import type { OpenedSession, Tokens } from '../operations/open-session.ts'
import type { DeviceView, SessionView } from '../wire.ts'

export function sessionView(opened: { userId: string; session: OpenedSession | undefined }): SessionView {
  const { userId, session } = opened
  if (!session) return { user_id: userId }
  return { user_id: userId, device_id: session.deviceId, ...tokensView(session) }
}

export function tokensView(tokens: Tokens): {
  access_token: string
  refresh_token?: string
  expires_in_ms?: number
} {
  return {
    access_token: tokens.accessToken,
    ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
    ...(tokens.expiresInMs === undefined ? {} : { expires_in_ms: tokens.expiresInMs }),
  }
}

export function deviceView(device: Device): DeviceView {
  return {
    device_id: device.deviceId,
    ...(device.displayName === undefined ? {} : { display_name: device.displayName }),
    ...(device.lastSeenIp === undefined ? {} : { last_seen_ip: device.lastSeenIp }),
    ...(device.lastSeenAtMs === undefined ? {} : { last_seen_ts: device.lastSeenAtMs }),
  }
}
