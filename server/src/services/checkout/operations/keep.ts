import type { Document, Kind } from '../documents.ts'
import type { Draft } from '../store/draft.ts'
import { missing } from '../store/read.ts'
import { type CheckoutDeps, keyOf, newId, type Reply, replyOf, type ShopRequest } from './request.ts'

type Kept = Extract<Kind, 'customer' | 'payment_method' | 'webhook_endpoint'>

/** Makes something that has no part in money: a customer, a payment method, an endpoint. */
export async function createKept<K extends Kept>(
  deps: CheckoutDeps,
  request: ShopRequest,
  made: Pick<Document<K>, 'kind' | 'body'>,
  told: { event?: string; also?: (document: Document<K>) => Record<string, string> } = {},
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [],
    claim,
    decide(draft) {
      const document: Document<K> = {
        shop,
        id: newId(deps.random, made.kind, shop),
        createdMs: draft.nowMs,
        ...made,
      }
      return leave(deps, draft, request, document, told)
    },
  })
  return replyOf(changed)
}

/** Changes one of them as `change` says; what it refuses leaves nothing. */
export async function changeKept<K extends Kept>(
  deps: CheckoutDeps,
  request: ShopRequest,
  { kind, id }: { kind: K; id: string },
  change: (document: Document<K>) => Document<K>,
  told: { event?: string } = {},
): Promise<Reply> {
  const { shop, claim } = request
  const changed = await deps.store.change({
    shop,
    ids: [id],
    claim,
    decide(draft) {
      const document = draft.get(kind, id)
      if (!document || ('deleted' in document.body && document.body.deleted)) throw missing(kind, id)
      return leave(deps, draft, request, change(document), told)
    },
  })
  return replyOf(changed)
}

function leave<K extends Kept>(
  deps: CheckoutDeps,
  draft: Draft,
  request: ShopRequest,
  document: Document<K>,
  { event, also }: { event?: string; also?: (document: Document<K>) => Record<string, string> },
) {
  draft.put(document)
  const shown = deps.show(document as Document)
  if (event !== undefined) draft.event(event, shown)
  // What is shown once goes to the one who asked, and into no event.
  const answer = { ...shown, ...also?.(document) }
  draft.answer(keyOf(request), 200, answer)
  return answer
}
