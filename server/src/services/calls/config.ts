import { duration, list, optionalText, type Values } from '../../platform/config/settings.ts'

export const callsSettings = {
  turnUris: list('TURN servers for calls, such as turn:turn.example.org?transport=udp.', []),
  turnSecret: optionalText('Secret shared with the TURN servers (static-auth-secret of coturn).', {
    secret: true,
  }),
  turnLifetime: duration('How long TURN credentials are good.', 24 * 3_600_000),
}

export type CallsSettings = Values<typeof callsSettings>
