import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { createNetwork, type Network, networkImpossible } from './network.ts'

const run = promisify(execFile)
const skip = networkImpossible() ?? false

test('packets take as long as the directions say', { skip }, async (t) => {
  const network = await twoMembers(t)
  await network.set([
    { from: 'a', to: 'b', delayMs: 40 },
    { from: 'b', to: 'a', delayMs: 20 },
  ])
  const { received, fastestMs } = await ping(network, 5)
  assert.equal(received, 5)
  assert(fastestMs >= 60 && fastestMs < 100, `${fastestMs} ms`)
})

test('a direction that is cut lets nothing through, while the other one does', { skip }, async (t) => {
  const network = await twoMembers(t)
  await network.set([{ from: 'a', to: 'b', cut: true }])
  assert.equal((await ping(network, 3)).received, 0)
  const [there, back] = await both(network)
  assert.deepEqual([there?.packets, there?.dropped], [0, 3])
  await network.set([
    { from: 'a', to: 'b', cut: false },
    { from: 'b', to: 'a', cut: true },
  ])
  assert.equal((await ping(network, 3)).received, 0)
  const [thereLater, backLater] = await both(network)
  assert.equal(thereLater?.packets, 3)
  assert.equal((backLater?.dropped ?? 0) - (back?.dropped ?? 0), 3)
})

test('of many packets about as many are lost as asked for', { skip }, async (t) => {
  const network = await twoMembers(t)
  await network.set([{ from: 'a', to: 'b', loss: 0.5 }])
  const { received } = await ping(network, 400)
  // Ten standard deviations.
  assert(received > 100 && received < 300, `${received} of 400`)
})

async function twoMembers(t: { after(action: () => Promise<void>): void }): Promise<Network> {
  const network = await createNetwork(
    [
      { name: 'a', address: '10.88.1.1' },
      { name: 'b', address: '10.88.2.1' },
    ],
    `dure-test-${process.pid}`,
  )
  t.after(() => network.close())
  return network
}

async function both(network: Network) {
  const { links } = await network.stats()
  return [links.find(({ from }) => from === 'a'), links.find(({ from }) => from === 'b')]
}

const echoServer = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.88.2.1", 9))
print("bound", flush=True)
while True: s.sendto(*s.recvfrom(99))`

const echoClient = `
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(int(sys.argv[1])): s.sendto(str(time.monotonic()).encode(), ("10.88.2.1", 9))
s.settimeout(0.5)
took = []
try:
  while len(took) < int(sys.argv[1]): took.append(-float(s.recv(99)) + time.monotonic())
except TimeoutError: pass
print(len(took), min(took, default=9) * 1000)`

/** Sends datagrams from a to b, which sends them back. */
async function ping(network: Network, count: number): Promise<{ received: number; fastestMs: number }> {
  const [program = '', ...words] = network.within('b')
  const server = spawn(program, [...words, '/usr/bin/python3', '-c', echoServer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(server.stdout, 'data')
    const { stdout } = await run(program, [
      ...network.within('a').slice(1),
      '/usr/bin/python3',
      '-c',
      echoClient,
      `${count}`,
    ])
    const [received = Number.NaN, fastestMs = Number.NaN] = stdout.split(' ').map(Number)
    return { received, fastestMs }
  } finally {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
}
