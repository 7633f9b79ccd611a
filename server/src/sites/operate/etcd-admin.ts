import {
  decodeAnswer,
  decodeKeys,
  encodeRead,
  fieldsOf,
  type KeyValue,
} from '../../platform/site/etcd-json.ts'

export type EtcdMember = {
  id: string
  /** Empty until the member has started for the first time. */
  name: string
  peerUrls: readonly string[]
  learner: boolean
}

/** One etcd member, to a command that changes the membership. */
export type EtcdAdmin = {
  /** The member sees a majority. */
  healthy(): Promise<boolean>
  members(): Promise<readonly EtcdMember[]>
  /** Every key that begins with one of the prefixes as this member has it: possibly old, but answered without a majority. */
  readHere(prefixes: readonly string[]): Promise<readonly KeyValue[]>
  /** As a learner: it receives everything and does not count for the majority before it is promoted. */
  addLearner(peerUrl: string): Promise<void>
  /** False when it has not yet received enough. */
  promote(id: string): Promise<boolean>
  remove(id: string): Promise<void>
}

const answerMs = 3000
const changeMs = 10_000

/** https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/, for etcd 3.4 and later. Throws `EtcdError`. */
export function createEtcdAdmin(url: string): EtcdAdmin {
  async function call(method: string, body: object, withinMs: number): Promise<Record<string, unknown>> {
    const init = { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(withinMs) }
    const response = await fetch(`${url}/v3/${method}`, init)
    return decodeAnswer(response.status, await response.text())
  }
  return {
    async healthy() {
      try {
        const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMs) })
        return String(fieldsOf(await response.json())['health']) === 'true'
      } catch {
        return false
      }
    },
    async members() {
      const { members } = await call('cluster/member/list', {}, answerMs)
      return (Array.isArray(members) ? members : []).map(readMember)
    },
    async readHere(prefixes) {
      return decodeKeys(await call('kv/txn', encodeRead(prefixes, { serializable: true }), answerMs))
    },
    async addLearner(peerUrl) {
      await call('cluster/member/add', { peerURLs: [peerUrl], isLearner: true }, changeMs)
    },
    async promote(id) {
      try {
        await call('cluster/member/promote', { ID: id }, changeMs)
        return true
      } catch (error) {
        const message = error instanceof Error ? error.message : ''
        if (/not a learner/.test(message)) return true
        if (/in sync with leader|not ready/.test(message)) return false
        throw error
      }
    },
    async remove(id) {
      await call('cluster/member/remove', { ID: id }, changeMs)
    },
  }
}

function readMember(value: unknown): EtcdMember {
  const { ID, name, peerURLs, isLearner } = fieldsOf(value)
  return {
    id: String(ID),
    name: typeof name === 'string' ? name : '',
    peerUrls: Array.isArray(peerURLs) ? peerURLs.map(String) : [],
    learner: isLearner === true,
  }
}
