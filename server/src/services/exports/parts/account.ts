import type { ExportsDeps } from '../sources.ts'
import { type Entry, jsonLines, jsonText } from '../zip.ts'

type Deps = Pick<ExportsDeps, 'identity' | 'accountData' | 'push' | 'serverName' | 'clock'>

export async function* accountEntries(deps: Deps, userId: string, upTo: number): AsyncGenerator<Entry> {
  const { identity, accountData, push, serverName, clock } = deps
  const [profiles, devices, emails] = await Promise.all([
    identity.profiles([userId]),
    identity.devices([userId]),
    identity.emailsOf(userId),
  ])
  yield {
    path: 'account.json',
    content: jsonText({
      user_id: userId,
      server_name: serverName,
      exported_at_ms: clock.now(),
      profile: profiles.get(userId) ?? {},
      email_addresses: emails,
      devices: (devices.get(userId) ?? []).map((device) => ({
        device_id: device.deviceId,
        display_name: device.displayName,
        last_seen_at_ms: device.lastSeenAtMs,
        last_seen_ip: device.lastSeenIp,
      })),
    }),
  }
  const entries = await accountData.changes(userId, 0, upTo)
  yield {
    path: 'account-data.jsonl',
    content: jsonLines(entries.map(({ roomId, type, content }) => ({ type, content, room_id: roomId }))),
  }
  yield { path: 'push-rules.json', content: jsonText(await push.pushRules(userId)) }
}
