import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import {
  EventType,
  type MatrixEvent,
  Method,
  MsgType,
  Preset,
  ReceiptType,
  RelationType,
} from 'matrix-js-sdk'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { until } from '../../src/platform/testing/until.ts'
import { startTwoNodes } from '../support/two-nodes.ts'
import {
  cryptoOf,
  type Device,
  eventIn,
  eventually,
  logInDevice,
  registerDevice,
  setUpEncryption,
  verifyByEmoji,
} from './js-sdk-device.ts'

const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy']

test('ten people with unmodified matrix-js-sdk talk encrypted over two nodes, one of which restarts', {
  timeout: 280_000,
}, async (t) => {
  const { devices, alice, bob, roomId, restart } = await encryptedRoom(t)
  const others = devices.filter((device) => device !== alice)
  const says = (body: string) => (event: MatrixEvent) => event.getContent()['body'] === body

  await t.test('everybody reads what one of them writes', async () => {
    await alice.client.sendTextMessage(roomId, 'hello, all nine of you')
    for (const device of others) {
      const event = await eventIn(device, roomId, 'the greeting', says('hello, all nine of you'))
      assert(event.isEncrypted())
    }
  })

  await t.test('the second devices verify, and read what was written before them', async () => {
    const tablet = track(t, await logInDevice(urlOf(bob), alice.userId))
    await verifyByEmoji(tablet, alice)
    await trusts(alice, tablet)
    await tablet.client.sendTextMessage(roomId, 'from my tablet')
    for (const device of devices)
      await eventIn(device, roomId, "the tablet's message", says('from my tablet'))
  })

  await t.test('a node restarts in the middle of the conversation and nobody misses a message', async () => {
    const restarting = restart()
    for (let n = 0; n < 5; n++) await bob.client.sendTextMessage(roomId, `while it restarts ${n}`)
    await restarting
    for (const device of devices)
      for (let n = 0; n < 5; n++)
        await eventIn(device, roomId, `message ${n}`, says(`while it restarts ${n}`))
  })

  await t.test('edits, reactions, threads, redactions, files and receipts reach the others', async () => {
    const { event_id: eventId } = await alice.client.sendTextMessage(roomId, 'frist')
    await alice.client.sendMessage(roomId, {
      msgtype: MsgType.Text,
      body: '* first',
      'm.new_content': { msgtype: MsgType.Text, body: 'first' },
      'm.relates_to': { rel_type: RelationType.Replace, event_id: eventId },
    })
    await eventIn(
      bob,
      roomId,
      'the edited message',
      (event) => event.getId() === eventId && event.getContent()['body'] === 'first',
    )

    await bob.client.sendEvent(roomId, EventType.Reaction, {
      'm.relates_to': { rel_type: RelationType.Annotation, event_id: eventId, key: '👍' },
    })
    await eventIn(
      alice,
      roomId,
      'the reaction',
      (event) => event.getType() === EventType.Reaction && event.getSender() === bob.userId,
    )

    const reply = await bob.client.sendMessage(roomId, eventId, {
      msgtype: MsgType.Text,
      body: 'in a thread',
    })
    await eventIn(
      alice,
      roomId,
      'the reply in the thread',
      (event) => event.getId() === reply.event_id && event.threadRootId === eventId,
    )

    const doomed = await bob.client.sendTextMessage(roomId, 'forget this')
    await eventIn(alice, roomId, 'the message to be redacted', says('forget this'))
    await bob.client.redactEvent(roomId, doomed.event_id)
    await eventIn(
      alice,
      roomId,
      'the redaction',
      (event) => event.getId() === doomed.event_id && event.isRedacted(),
    )

    await sendsFile(alice, bob, roomId)

    const last = await bob.client.sendTextMessage(roomId, 'read this')
    const seen = await eventIn(alice, roomId, 'the last message', says('read this'))
    await alice.client.sendReadReceipt(seen, ReceiptType.Read)
    await eventually('bob sees that alice has read', () =>
      Boolean(bob.client.getRoom(roomId)?.hasUserReadEvent(alice.userId, last.event_id)),
    )
  })

  await t.test('a third device restores everything from the key backup', async (s) => {
    // The client takes its time before it backs up what it has.
    await until(async () => {
      const [keys, backup] = await Promise.all([
        cryptoOf(alice.client).exportRoomKeys(),
        // What the client itself says of the backup is what it read at its start.
        alice.client.http.authedRequest<{ count: number }>(Method.Get, '/room_keys/version'),
      ])
      return backup.count === keys.length
    })
    const phone = track(s, await logInDevice(urlOf(alice), alice.userId, recoveryKeys.get(alice)))
    // As apps do it: first learn that the account has cross-signing keys, then unlock them with the recovery key.
    assert(await cryptoOf(phone.client).userHasCrossSigningKeys(alice.userId, true))
    await cryptoOf(phone.client).bootstrapCrossSigning({})
    await trusts(alice, phone)
    await cryptoOf(phone.client).loadSessionBackupPrivateKeyFromSecretStorage()
    await cryptoOf(phone.client).checkKeyBackupAndEnable()
    const { imported } = await cryptoOf(phone.client).restoreKeyBackup()
    assert(imported > 0)
    await eventIn(phone, roomId, 'the first message, from before this device', says('hello, all nine of you'))
    await eventIn(phone, roomId, "another person's message", says('while it restarts 0'))
  })
})

const recoveryKeys = new WeakMap<Device, Awaited<ReturnType<typeof setUpEncryption>>>()
const urls = new WeakMap<Device, string>()

async function encryptedRoom(t: TestContext) {
  const nodes = await startTwoNodes(t)
  const devices: Device[] = []
  for (const [index, name] of names.entries()) {
    const url = nodes.urls[index % 2 === 0 ? 0 : 1]
    const device = track(t, await registerDevice(url, name))
    urls.set(device, url)
    devices.push(device)
  }
  const [alice, bob] = devices
  assert(alice && bob)
  for (const device of [alice, bob]) recoveryKeys.set(device, await setUpEncryption(device))

  const { room_id: roomId } = await alice.client.createRoom({
    preset: Preset.PrivateChat,
    name: 'Ten of us',
    invite: devices.slice(1).map(({ userId }) => userId),
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
    ],
  })
  for (const device of devices.slice(1)) {
    await eventually(
      `${device.userId} is invited`,
      () => device.client.getRoom(roomId)?.getMyMembership() === 'invite',
    )
    await device.client.joinRoom(roomId)
  }
  for (const device of devices) {
    await eventually(
      `${device.userId} sees ten members`,
      () => device.client.getRoom(roomId)?.getJoinedMemberCount() === names.length,
    )
  }
  return { devices, alice, bob, roomId, restart: () => nodes.restart(0, 'SIGTERM') }
}

function track(t: TestContext, device: Device): Device {
  atEnd(t, () => device.stop())
  return device
}

function urlOf(device: Device): string {
  const url = urls.get(device)
  assert(url)
  return url
}

/** Waits until a device takes another one of its person's for theirs, by cross-signing. */
async function trusts(device: Device, other: Device): Promise<void> {
  let trusted = false
  await eventually(`${device.deviceId} trusts ${other.deviceId}`, () => {
    cryptoOf(device.client)
      .getDeviceVerificationStatus(other.userId, other.deviceId)
      .then((status) => {
        trusted = status?.crossSigningVerified ?? false
      })
      .catch(() => undefined)
    return trusted
  })
}

/** Files go through the authenticated media endpoints, with the client's own URL. */
async function sendsFile(from: Device, to: Device, roomId: string): Promise<void> {
  const bytes = new Uint8Array(200_000).map((_, index) => index % 251)
  const { content_uri: url } = await from.client.uploadContent(new Blob([bytes]), {
    type: 'application/octet-stream',
    name: 'numbers.bin',
  })
  await from.client.sendMessage(roomId, { msgtype: MsgType.File, body: 'numbers.bin', url })
  const event = await eventIn(to, roomId, 'the file', (candidate) => candidate.getContent()['url'] === url)
  const address = to.client.mxcUrlToHttp(
    event.getContent()['url'] as string,
    undefined,
    undefined,
    undefined,
    false,
    true,
    true,
  )
  assert(address)
  const answer = await fetch(address, { headers: { authorization: `Bearer ${to.client.getAccessToken()}` } })
  assert.equal(answer.status, 200)
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
}
