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

/**
 * How many events the push rules judge per second of processor time: one text message in a room of 50, prepared once and judged for each
 * member. To be compared with the deliveries per second of `npm run bench -- rooms`: each costs one evaluation.
 */
export async function benchPushRules(): Promise<void> {
  for (const [name, changes] of Object.entries(profiles)) {
    const members = Array.from({ length: MEMBERS }, (_, index) => {
      const userId = `@user${index}:example.org`
      return { userId, ruleset: compileRuleset(changes) }
    })
    const rounds = changes === NO_CHANGES ? ROUNDS : ROUNDS / 20
    run(members, rounds / 10)
    const before = process.cpuUsage()
    const notified = run(members, rounds)
    const { user, system } = process.cpuUsage(before)
    const seconds = (user + system) / 1e6
    const evaluations = rounds * MEMBERS
    const rate = Math.round(evaluations / seconds).toLocaleString('en')
    const each = ((seconds / evaluations) * 1e9).toFixed(0)
    process.stdout.write(
      `${name.padEnd(24)} ${rate} evaluations per CPU second, ${each} ns each, ${notified} notified\n`,
    )
  }
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
