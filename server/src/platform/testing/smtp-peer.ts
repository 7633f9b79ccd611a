import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { atEnd } from './cleanup.ts'

export type ReceivedMail = { from: string; to: string; text: string }

/** A mail server of the outside world, which accepts everything and shows what came. */
export async function smtpPeer(t: TestContext): Promise<{ url: string; next(): Promise<ReceivedMail> }> {
  const received: ReceivedMail[] = []
  const waiting: ((mail: ReceivedMail) => void)[] = []
  const server = createServer((socket) =>
    converse(socket, (mail) => {
      const taker = waiting.shift()
      if (taker) taker(mail)
      else received.push(mail)
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(t, () => void server.close())
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next() {
      const mail = received.shift()
      return mail ? Promise.resolve(mail) : new Promise((resolve) => waiting.push(resolve))
    },
  }
}

function converse(socket: Socket, take: (mail: ReceivedMail) => void): void {
  let unread = ''
  let body: string[] | undefined
  let from = ''
  let to = ''
  const say = (line: string) => void socket.write(`${line}\r\n`)
  say('220 peer')
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => {
    const lines = (unread + data.toString()).split('\r\n')
    unread = lines.pop() ?? ''
    for (const line of lines) {
      if (body) {
        if (line !== '.') body.push(line.replace(/^\./, ''))
        else {
          // As it was before it was made to fit into lines.
          const text = body.join('\n').replaceAll('=\n', '').replaceAll('=3D', '=')
          take({ from, to, text })
          body = undefined
          say('250 accepted')
        }
        continue
      }
      if (/^MAIL FROM:/i.test(line)) from = line.slice(10)
      if (/^RCPT TO:/i.test(line)) to = /<(.*)>/.exec(line)?.[1] ?? ''
      if (/^DATA/i.test(line)) body = []
      say(body ? '354 go on' : /^QUIT/i.test(line) ? '221 bye' : '250 ok')
    }
  })
}
