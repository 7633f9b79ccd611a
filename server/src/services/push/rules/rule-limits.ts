import { RULE_KINDS } from './rule.ts'
import type { OwnRule, RuleChanges } from './ruleset.ts'

/** What one person's rules may cost: they are evaluated for each event of each of their rooms. */
const RULES_MAX = 2_000
const CHARACTERS_MAX = 256 * 1024
const SEARCHES_MAX = 100
const SEARCH_CHARACTERS_MAX = 128

/** Whether a person may have these rules. What clients make - a rule per muted room, some keywords - is far below. */
export function isWithinLimits(changes: RuleChanges): boolean {
  const own = RULE_KINDS.flatMap((kind) => changes.own[kind] ?? [])
  const searches = own.flatMap(searchesOf)
  return (
    own.length <= RULES_MAX &&
    searches.length <= SEARCHES_MAX &&
    searches.every((pattern) => pattern.length <= SEARCH_CHARACTERS_MAX) &&
    JSON.stringify(changes).length <= CHARACTERS_MAX
  )
}

/** What must be looked for in a text, rather than compared with it at once. */
function searchesOf({ pattern, conditions = [] }: OwnRule): string[] {
  const searched = conditions.flatMap(({ kind, key, pattern }) => {
    if (kind === 'contains_display_name') return ['']
    if (kind !== 'event_match' || typeof pattern !== 'string') return []
    return key === 'content.body' || /[*?]/.test(pattern) ? [pattern] : []
  })
  return pattern === undefined ? searched : [pattern, ...searched]
}
