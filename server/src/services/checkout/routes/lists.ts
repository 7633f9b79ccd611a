import type { JsonObject } from '../../../platform/json.ts'
import type { Kind } from '../documents.ts'
import type { CheckoutDeps, Reply } from '../operations/request.ts'
import { type Created, listDocuments, readDocument } from '../store/read.ts'
import { listOfObjects, ok } from '../stripe/scope.ts'

type Paging = {
  limit?: number | undefined
  starting_after?: string | undefined
  ending_before?: string | undefined
}
const limitUnlessTold = 10

export function pageOf({ limit, starting_after, ending_before }: Paging) {
  return { limit: limit ?? limitUnlessTold, startingAfter: starting_after, endingBefore: ending_before }
}

/** A page of a shop's documents of a kind. */
export async function listed(
  deps: CheckoutDeps,
  shop: string,
  kind: Kind,
  params: Paging & { created?: Created | undefined },
  url: string,
  filter: {
    intent?: string | undefined
    customer?: string | undefined
    body?: Record<string, string | undefined>
  } = {},
): Promise<Reply> {
  const body = Object.fromEntries(
    Object.entries(filter.body ?? {}).filter(([, value]) => value !== undefined),
  )
  const { documents, more } = await listDocuments(deps.db, {
    shop,
    kind,
    page: pageOf(params),
    created: params.created,
    intent: filter.intent,
    customer: filter.customer,
    body: Object.keys(body).length === 0 ? undefined : (body as Record<string, string>),
  })
  return ok(
    listOfObjects(
      url,
      documents.map((document): JsonObject => deps.show(document)),
      more,
    ),
  )
}

export async function shown(deps: CheckoutDeps, shop: string, kind: Kind, id: string): Promise<Reply> {
  return ok(deps.show(await readDocument(deps.db, shop, kind, id)))
}
