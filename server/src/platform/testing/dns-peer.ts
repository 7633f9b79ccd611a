import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './cleanup.ts'

export type DnsPeer = {
  /** Address and port, as a setting takes them. */
  server: string
  /** Names that were asked for, with each question of the two kinds of address. */
  asked: string[]
  /** What a name has from now on; nobody answers questions about the name `silent.test`. */
  set(name: string, addresses: readonly string[]): void
}

const typeA = 1
const typeAaaa = 28

/** A name server of the outside world, which says what the test wants, truth or not. */
export async function dnsPeer(
  t: TestContext,
  names: Record<string, readonly string[]> = {},
): Promise<DnsPeer> {
  const known = new Map(Object.entries(names))
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const { name, type } = questionOf(query)
    asked.push(name)
    if (name === 'silent.test') return
    const addresses = known.get(name)
    const wanted = addresses?.filter((address) => isIP(address) === (type === typeA ? 4 : 6)) ?? []
    socket.send(answerTo(query, type, wanted, addresses === undefined), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  atEnd(t, () => void socket.close())
  return {
    server: `127.0.0.1:${socket.address().port}`,
    asked,
    set: (name, addresses) => void known.set(name, addresses),
  }
}

/** https://www.rfc-editor.org/rfc/rfc1035#section-4.1 */
function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

function answerTo(query: Buffer, type: number, addresses: readonly string[], isUnknown: boolean): Buffer {
  const { end } = questionOf(query)
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(isUnknown ? 0x8183 : 0x8180, 2)
  header.writeUInt16BE(addresses.length, 6)
  header.writeUInt32BE(0, 8)
  const records = addresses.map((address) => {
    const data = bytesOf(address)
    const record = Buffer.alloc(12)
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(type === typeAaaa ? typeAaaa : typeA, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([header, query.subarray(12, end), ...records])
}

function bytesOf(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const groups = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
  const [first, last] = [groups(head), groups(tail)]
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]))
}
