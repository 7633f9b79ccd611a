/**
 * How many events a second the push rules judge: one text message in a room of 50, prepared once and
 * judged for each member. Run with: npm run bench -- push-rules
 */
import { compileRuleset } from '../src/services/push/rules/evaluate.ts'
import { type PushEvent, prepareEvent } from '../src/services/push/rules/prepared-event.ts'
import { NO_CHANGES, type RuleChanges } from '../src/services/push/rules/ruleset.ts'

const MEMBERS = 50
const ROUNDS = 20_000

const message: PushEvent = {
  type: 'm.room.message',
  sender: '@sender:example.org',
  room_id: '!room:example.org',
  event_id: '$event',
  content: {
    msgtype: 'm.text',
    body: 'The meeting moves to three, in the small room on the second floor; bring the figures of last month.',
    'm.mentions': { user_ids: ['@user7:example.org'] },
  },
}
const room = { memberCount: MEMBERS, mayNotify: () => false }

const hundred = <T>(make: (index: number) => T): T[] => Array.from({ length: 100 }, (_, index) => make(index))
const own = (id: string) => ({ id, enabled: true, actions: [] })

const profiles: Record<string, RuleChanges> = {
  'default rules': NO_CHANGES,
  'and 100 muted rooms': {
    own: {
      override: hundred((index) => ({
        ...own(`!muted${index}:example.org`),
        conditions: [{ kind: 'event_match', key: 'room_id', pattern: `!muted${index}:example.org` }],
      })),
    },
    defaults: {},
  },
  'and 100 keywords': {
    own: { content: hundred((index) => ({ ...own(`keyword${index}`), pattern: `keyword${index}` })) },
    defaults: {},
  },
  'and 100 hostile globs': {
    own: {
      content: hundred((index) => ({ ...own(`glob${index}`), pattern: `*e?${'*o'.repeat(10)}${index}*` })),
    },
    defaults: {},
  },
}

for (const [name, changes] of Object.entries(profiles)) {
  const members = Array.from({ length: MEMBERS }, (_, index) => {
    const userId = `@user${index}:example.org`
    return { userId, ruleset: compileRuleset(changes) }
  })
  const rounds = name.includes('100') ? ROUNDS / 100 : ROUNDS
  run(members, rounds / 10)
  const startedAt = process.hrtime.bigint()
  const notified = run(members, rounds)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  const evaluations = rounds * MEMBERS
  console.log(
    `${name.padEnd(24)} ${Math.round(evaluations / seconds).toLocaleString('en')} evaluations/s, ` +
      `${((seconds / evaluations) * 1e9).toFixed(0)} ns each, ${notified} notified`,
  )
}

function run(
  members: { userId: string; ruleset: ReturnType<typeof compileRuleset> }[],
  rounds: number,
): number {
  let notified = 0
  for (let round = 0; round < rounds; round++) {
    const event = prepareEvent(message, room)
    for (const member of members) if (member.ruleset.evaluate(event, member).notify) notified++
  }
  return notified
}
