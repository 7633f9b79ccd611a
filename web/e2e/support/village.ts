import { landscape } from './pictures.ts'
import { createSeeder, type Seeded } from './seed.ts'
import { fillPurses } from './village-purse.ts'

/** A server with friends who talk, for pictures of the app: real rooms, messages, polls and receipts. */
export async function settleVillage(url: string): Promise<void> {
  const seed = createSeeder(url)
  const mina = await seed.person('mina', '민아')
  const jun = await seed.person('jun', '준호')
  const budi = await seed.person('budi', 'Budi')
  const linh = await seed.person('linh', 'Linh')
  const grace = await seed.person('grace', 'Grace')

  const direct = async (other: Seeded, lines: readonly (readonly [Seeded, string])[]) => {
    const roomId = await seed.room(mina, [other], { is_direct: true, preset: 'trusted_private_chat' })
    let last = ''
    for (const [by, body] of lines) last = await seed.say(by, roomId, body)
    return { roomId, last }
  }
  const withBudi = await direct(budi, [
    [budi, 'Did the train arrive on time?'],
    [mina, 'Two minutes early, even.'],
    [budi, 'See you at the gate then 🙌'],
  ])
  const withLinh = await direct(linh, [
    [linh, 'Mình gửi bạn công thức phở nhé'],
    [mina, 'Tuyệt quá, cảm ơn Linh!'],
  ])
  const withJun = await direct(jun, [
    [mina, '오늘 저녁에 시간 있어?'],
    [jun, '응, 일곱 시쯤 끝나. 마을 회관에서 볼까?'],
  ])
  await seed.call('PUT', `client/v3/user/${encodeURIComponent(mina.userId)}/account_data/m.direct`, mina, {
    [budi.userId]: [withBudi.roomId],
    [linh.userId]: [withLinh.roomId],
    [jun.userId]: [withJun.roomId],
  })
  await seed.read(mina, withBudi.roomId, withBudi.last)
  const readers = await seed.room(grace, [mina, linh], { name: 'Book club' })
  await seed.say(grace, readers, 'Chapter four for Thursday. It gets better, I promise.')

  const friends = { mina, jun, budi, linh, grace }
  await street(seed, friends)
  await hike(seed, friends)
  await arrange(seed, mina, { Family: [withJun.roomId], 'Book club': [readers, withLinh.roomId] })
  await tellStates(seed, friends)
  await fillPurses(seed, friends)
}

/** Folders of one's own, of which another device has put chats into. */
async function arrange(
  seed: ReturnType<typeof createSeeder>,
  person: Seeded,
  folders: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const own = `client/v3/user/${encodeURIComponent(person.userId)}`
  for (const [name, rooms] of Object.entries(folders))
    for (const roomId of rooms) {
      const tag = encodeURIComponent(`u.${name}`)
      await seed.call('PUT', `${own}/rooms/${encodeURIComponent(roomId)}/tags/${tag}`, person, {})
    }
  await seed.call('PUT', `${own}/account_data/org.dure.folders`, person, { order: Object.keys(folders) })
}

/** What people say of themselves, and whom Mina likes best. */
async function tellStates(seed: ReturnType<typeof createSeeder>, friends: Friends): Promise<void> {
  const { mina, jun, budi, linh, grace } = friends
  for (const [friend, line] of [
    [mina, '북한산 가는 날 ⛰️'],
    [jun, '일곱 시 이후에 연락 주세요'],
    [budi, 'Di kereta sampai sore'],
    [linh, 'Đang thử công thức mới'],
  ] as const) {
    const path = `client/v3/profile/${encodeURIComponent(friend.userId)}/org.matrix.msc4426.status`
    await seed.call('PUT', path, friend, { 'org.matrix.msc4426.status': { text: line } })
  }
  const own = `client/v3/user/${encodeURIComponent(mina.userId)}/account_data`
  await seed.call('PUT', `${own}/org.dure.friends`, mina, {
    people: { [jun.userId]: { favourite: true }, [grace.userId]: { favourite: false } },
  })
}

/** A community with an open chat in it that Mina is not in yet, and one outside that she has heard of. */
async function street(seed: ReturnType<typeof createSeeder>, friends: Friends): Promise<void> {
  const { mina, jun, budi, linh, grace } = friends
  const space = await seed.room(grace, [mina, jun, linh], {
    name: 'Maple Street',
    topic: 'Everybody between the bakery and the bridge',
    preset: 'public_chat',
    creation_content: { type: 'm.space' },
  })
  const chats = [
    { name: 'Garden', topic: 'Who waters when, and what is ripe', members: [mina, linh] },
    { name: 'Lost and found', topic: 'Keys, cats, umbrellas', members: [jun, linh] },
    { name: 'Lend a hand', topic: 'Ladders, drills and two strong arms', members: [jun] },
  ]
  for (const { name, topic, members } of chats) {
    const roomId = await seed.room(grace, members, { name, topic, preset: 'public_chat' })
    const path = `client/v3/rooms/${encodeURIComponent(space)}/state/m.space.child/${encodeURIComponent(roomId)}`
    await seed.call('PUT', path, grace, { via: ['dure.example'] })
    await seed.say(
      grace,
      roomId,
      name === 'Garden' ? 'The tomatoes are ripe, help yourselves 🍅' : 'Hello all',
    )
  }
  await seed.room(budi, [jun, linh], {
    name: 'Birds of the city',
    topic: 'What you saw from your window this morning. No names needed.',
    preset: 'public_chat',
    visibility: 'public',
    room_alias_name: 'birds',
  })
}

type Friends = Record<'mina' | 'jun' | 'budi' | 'linh' | 'grace', Seeded>

async function hike(seed: ReturnType<typeof createSeeder>, friends: Friends): Promise<void> {
  const { mina, jun, budi, linh, grace } = friends
  const roomId = await seed.room(mina, [jun, budi, linh, grace], {
    name: 'Saturday hike',
    topic: 'Every other Saturday, up and down again by noon.',
  })
  const levels = `client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.power_levels/`
  const known = await seed.call<{ users?: Record<string, number> }>('GET', levels, mina)
  await seed.call('PUT', levels, mina, { ...known, users: { ...known.users, [jun.userId]: 50 } })
  const tag = `client/v3/user/${encodeURIComponent(mina.userId)}/rooms/${encodeURIComponent(roomId)}/tags/m.favourite`
  await seed.call('PUT', tag, mina, { order: 0.5 })
  await seed.say(jun, roomId, '이번 주 토요일 북한산 어때요? 날씨가 맑대요.')
  const yes = await seed.say(grace, roomId, 'Count me in. Which trail?')
  await seed.react(mina, roomId, yes, '👍')
  await seed.react(jun, roomId, yes, '👍')
  const photo = await seed.send(budi, roomId, 'm.room.message', {
    msgtype: 'm.image',
    body: 'view.png',
    url: await seed.upload(budi, await landscape(1)),
    info: { w: 960, h: 720, mimetype: 'image/png' },
  })
  await seed.say(budi, roomId, 'From last time, near the second shelter.')
  for (const friend of [mina, linh, grace]) await seed.react(friend, roomId, photo, '❤️')
  await seed.say(mina, roomId, 'That one! The morning light was so good.', {
    'm.relates_to': { 'm.in_reply_to': { event_id: photo } },
  })
  const poll = await seed.send(linh, roomId, 'org.matrix.msc3381.poll.start', {
    'org.matrix.msc3381.poll.start': {
      question: { 'org.matrix.msc1767.text': 'When do we meet?' },
      kind: 'org.matrix.msc3381.poll.disclosed',
      max_selections: 1,
      answers: [
        { id: 'seven', 'org.matrix.msc1767.text': '07:00' },
        { id: 'eight', 'org.matrix.msc1767.text': '08:30' },
      ],
    },
    'org.matrix.msc1767.text': 'When do we meet?',
  })
  for (const [friend, answer] of [
    [jun, 'seven'],
    [grace, 'seven'],
    [mina, 'seven'],
    [budi, 'eight'],
  ] as const)
    await seed.send(friend, roomId, 'org.matrix.msc3381.poll.response', {
      'm.relates_to': { rel_type: 'm.reference', event_id: poll },
      'org.matrix.msc3381.poll.response': { answers: [answer] },
    })
  const pinned = `client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.pinned_events/`
  await seed.call('PUT', pinned, mina, { pinned: [poll] })
  const last = await seed.say(mina, roomId, '07:00 it is. I bring the tea 🍵')
  await seed.read(jun, roomId, last)
  await seed.read(linh, roomId, last)
}
