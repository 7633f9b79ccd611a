import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { readActions, ruleToPut } from '../operations/put-rule.ts'
import { refuse } from '../refusals.ts'
import { amendRule, findRule, removeRule } from '../rules/change-rules.ts'
import type { RuleKind } from '../rules/rule.ts'
import {
  type DefaultChange,
  presentRule,
  presentRuleset,
  type Rule,
  type RuleChanges,
} from '../rules/ruleset.ts'
import { ActionsBody, EnabledBody, RuleBody, RuleParams, RulePlacement } from '../wire.ts'

/** What the routes need of the service. */
export type RuleStore = {
  /** Straight from the database, so that a client sees its own changes on any node. */
  rulesOf(userId: string): Promise<RuleChanges>
  /** `change` may throw a refusal. */
  changeRules(userId: string, change: (changes: RuleChanges) => RuleChanges): Promise<void>
}

const read = { access: 'user' } as const
const write = { access: 'user', limit: 'push-rules' } as const
const base = '/_matrix/client/v3/pushrules'

/** https://spec.matrix.org/v1.19/client-server-api/#push-rules-api */
export function pushRuleRoutes(app: App, store: RuleStore): void {
  for (const end of ['', '/']) {
    app.get(`${base}${end}`, { config: read }, async (request) => {
      const { userId } = callerOf(request)
      return { global: presentRuleset(await store.rulesOf(userId), userId) }
    })
    app.get(`${base}/global${end}`, { config: read }, async (request) => {
      const { userId } = callerOf(request)
      return presentRuleset(await store.rulesOf(userId), userId)
    })
  }
  ruleRoutes(app, store)
  attributeRoutes(app, store)
}

function ruleRoutes(app: App, store: RuleStore): void {
  const path = `${base}/global/:kind/:ruleId`

  app.get(path, { config: read, schema: { params: RuleParams } }, async (request) =>
    shownRule(store, callerOf(request).userId, request.params),
  )

  app.put(
    path,
    { config: write, schema: { params: RuleParams, querystring: RulePlacement, body: RuleBody } },
    async (request) => {
      const { kind, ruleId } = request.params
      await store.changeRules(callerOf(request).userId, ruleToPut(kind, ruleId, request.body, request.query))
      return {}
    },
  )

  app.delete(path, { config: write, schema: { params: RuleParams } }, async (request) => {
    const { kind, ruleId } = request.params
    await store.changeRules(callerOf(request).userId, (changes) => {
      const changed = removeRule(changes, kind, ruleId)
      if (changed) return changed
      throw refuse(findRule(changes, kind, ruleId) ? 'push.rule_predefined' : 'push.rule_unknown')
    })
    return {}
  })
}

function attributeRoutes(app: App, store: RuleStore): void {
  const path = `${base}/global/:kind/:ruleId`
  const amend = (userId: string, rule: { kind: RuleKind; ruleId: string }, change: DefaultChange) =>
    store.changeRules(userId, (changes) => {
      const changed = amendRule(changes, rule.kind, rule.ruleId, change)
      if (!changed) throw refuse('push.rule_unknown')
      return changed
    })

  app.get(`${path}/enabled`, { config: read, schema: { params: RuleParams } }, async (request) => {
    const { enabled } = await shownRule(store, callerOf(request).userId, request.params)
    return { enabled }
  })

  app.put(
    `${path}/enabled`,
    { config: write, schema: { params: RuleParams, body: EnabledBody } },
    async (request) => {
      await amend(callerOf(request).userId, request.params, { enabled: request.body.enabled })
      return {}
    },
  )

  app.get(`${path}/actions`, { config: read, schema: { params: RuleParams } }, async (request) => {
    const { actions } = await shownRule(store, callerOf(request).userId, request.params)
    return { actions }
  })

  app.put(
    `${path}/actions`,
    { config: write, schema: { params: RuleParams, body: ActionsBody } },
    async (request) => {
      await amend(callerOf(request).userId, request.params, { actions: readActions(request.body.actions) })
      return {}
    },
  )
}

async function shownRule(
  store: RuleStore,
  userId: string,
  { kind, ruleId }: { kind: RuleKind; ruleId: string },
): Promise<Rule> {
  const found = findRule(await store.rulesOf(userId), kind, ruleId)
  if (!found) throw refuse('push.rule_unknown')
  return presentRule(found, userId)
}
