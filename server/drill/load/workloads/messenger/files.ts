import { createHash } from 'node:crypto'
import type { Clock } from '../../../../src/platform/clock.ts'
import type { Random } from '../../../../src/platform/random.ts'
import { ok } from '../../../../test/support/person.ts'
import type { Violation } from '../../../checks/violation.ts'
import type { HonestClient } from '../../honest-client.ts'
import type { Device } from './device.ts'

/** An uploaded file: bytes that say nothing to the server, as an encrypted attachment's do. */
export type SharedFile = { mxc: string; sha256: string; sizeBytes: number; who: string; at: number }

/** Mostly photographs, a few of them large. */
export function fileSizeBytes(random: Random): number {
  return random.below(20) === 0 ? 200_000 + random.below(200_000) : 8_000 + random.below(40_000)
}

/** Reserves an address, then uploads to it: each step can be repeated at any site. */
export async function upload(
  { clock }: { clock: Clock },
  device: Device,
  bytes: Buffer,
): Promise<SharedFile> {
  const { client, person } = device
  const reserved = ok(
    await client.send('POST', '/_matrix/media/v1/create', { token: person.token, hedge: false }),
  )
  const { content_uri: mxc } = reserved.json<{ content_uri: string }>()
  const answer = await client.send('PUT', `/_matrix/media/v3/upload/${mxc.slice('mxc://'.length)}`, {
    token: person.token,
    body: bytes,
    hedge: false,
    headers: { 'content-type': 'application/octet-stream' },
  })
  // The first attempt had arrived, and only its answer was lost.
  if (answer.status !== 409) ok(answer)
  return { mxc, sha256: hashOf(bytes), sizeBytes: bytes.length, who: person.userId, at: clock.now() }
}

/** Reads a file as another member's device would; what is wrong with it, if anything. */
export async function download(
  send: HonestClient['send'],
  token: string,
  file: Pick<SharedFile, 'mxc' | 'sha256'>,
): Promise<string | undefined> {
  const path = `/_matrix/client/v1/media/download/${file.mxc.slice('mxc://'.length)}`
  const answer = await send('GET', path, { token })
  if (answer.status !== 200) return `answered ${answer.status}`
  return hashOf(answer.bytes) === file.sha256 ? undefined : `came with ${answer.bytes.length} other bytes`
}

export function brokenFile(file: SharedFile, detail: string, about: Partial<Violation>): Violation {
  return {
    what: 'media',
    detail: `${file.mxc} of ${file.sizeBytes} bytes ${detail}`,
    who: file.who,
    at: file.at,
    ...about,
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64')
}
