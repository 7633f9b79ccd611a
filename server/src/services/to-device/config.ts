import { bytes, duration, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const toDeviceSettings = {
  messageBytesMax: bytes('Largest content of one send-to-device message.', 64 * 1024),
  inboxMessagesMax: integer(
    'Most messages that wait for one device; beyond it the oldest are dropped.',
    20_000,
    { min: 100, max: 1_000_000 },
  ),
  transactionsKept: duration(
    'How long a repeated request is recognised by its transaction id.',
    7 * 86_400_000,
  ),
  devicesRemembered: integer(
    'Devices whose newest message each node remembers, so that a sync without news costs no query.',
    100_000,
    { min: 100, max: 10_000_000 },
  ),
}

export type ToDeviceSettings = Values<typeof toDeviceSettings>

/** Encrypting for a large room takes some hundreds of requests at once; verification and key requests take few. */
export const toDeviceBudgets: Record<string, Budget> = {
  'to-device-send': { perSecond: 50, burst: 1000 },
}
