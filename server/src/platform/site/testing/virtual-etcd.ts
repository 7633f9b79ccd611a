import { createEndpoints, type Try } from '../endpoints.ts'
import type { Etcd } from '../etcd.ts'
import { EtcdError, type Transaction } from '../etcd-json.ts'
import type { VirtualNetwork } from './virtual-network.ts'
import { createVirtualStore, type VirtualStore } from './virtual-store.ts'
import type { VirtualTime } from './virtual-time.ts'

/** An etcd cluster with one member a site, as its clients see it. */
export type VirtualEtcd = {
  clientAt(site: string): Etcd
  /** Without the network, for tests that look in or act as an operator. */
  store: VirtualStore
  /** Whether a watch at that site, through its own member, is told of changes just now. */
  watchAt(site: string): boolean
  killMember(site: string): void
  reviveMember(site: string): void
  /** Called after each transaction that was carried out for a client at that site. */
  onTransaction: (transaction: Transaction, site: string) => void
}

type Request = <Answer>(from: string, endpoint: string, run: () => Answer) => Promise<Answer>

const electionMs = 700
const electEveryMs = 50
const hedgeMs = 400
const timeoutMs = 1_500

export function createVirtualEtcd(time: VirtualTime, network: VirtualNetwork): VirtualEtcd {
  const { sites, connected } = network
  const store = createVirtualStore(time.now)
  const killed = new Set<string>()
  const hasMember = (site: string) => network.isAlive(site) && !killed.has(site)
  const currentLeader = createElection(time, network, hasMember, store)

  /** Carries `run` out half a round trip from now, and answers after the other half, where the network allows it. */
  const request: Request = (from, endpoint, run) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof run>>()
    const refused = connected(from, endpoint) && !hasMember(endpoint)
    const cancel = time.after(refused ? 1 : timeoutMs, () => reject(new EtcdError('no answer')))
    const leaderNow = () => {
      const leader = currentLeader()
      if (leader === undefined || !hasMember(endpoint) || !connected(from, endpoint)) return undefined
      return connected(endpoint, leader) ? leader : undefined
    }
    const halfMs =
      (network.roundTripMs(from, endpoint) + network.roundTripMs(endpoint, currentLeader() ?? from)) / 2
    time.after(halfMs, () => {
      const leader = leaderNow()
      if (leader === undefined) return
      store.endLeases()
      let answer: () => void
      try {
        const value = run()
        answer = () => resolve(value)
      } catch (error) {
        answer = () => reject(error)
      }
      time.after(halfMs, () => {
        // What was under way when the leadership moved is never answered.
        if (leaderNow() !== leader) return
        cancel()
        answer()
      })
    })
    return promise
  }

  const etcd: VirtualEtcd = {
    clientAt: (site) =>
      createClient(time, [site, ...sites.filter((other) => other !== site)], request, {
        ...store,
        transact(transaction) {
          const done = store.transact(transaction)
          if (done) etcd.onTransaction(transaction, site)
          return done
        },
      }),
    store,
    watchAt(site) {
      const leader = currentLeader()
      return leader !== undefined && hasMember(site) && connected(site, leader)
    },
    killMember: (site) => void killed.add(site),
    reviveMember: (site) => void killed.delete(site),
    onTransaction: () => undefined,
  }
  return etcd
}

/** The leader, once it has been elected for a while; one that loses its majority is replaced. */
function createElection(
  time: VirtualTime,
  network: VirtualNetwork,
  hasMember: (site: string) => boolean,
  store: VirtualStore,
): () => string | undefined {
  let leader: string | undefined
  let electedAtMs = 0
  const hasMajority = (site: string) =>
    hasMember(site) &&
    network.sites.filter((other) => hasMember(other) && network.connected(site, other)).length >
      network.sites.length / 2
  function elect(): void {
    if (leader === undefined || !hasMajority(leader)) {
      leader = network.sites.find(hasMajority)
      electedAtMs = time.now() === 0 ? 0 : time.now() + electionMs
      store.prolongLeases(electedAtMs)
    }
    time.after(electEveryMs, elect)
  }
  elect()
  return () => (leader !== undefined && hasMajority(leader) && time.now() >= electedAtMs ? leader : undefined)
}

/** Chooses its endpoint as the real client does. */
function createClient(
  time: VirtualTime,
  names: readonly string[],
  request: Request,
  store: VirtualStore,
): Etcd {
  const [site = ''] = names
  const endpoints = createEndpoints(time, { count: names.length, hedgeMs, timeoutMs })
  const asking =
    <Answer>(run: () => Answer): Try<Answer> =>
    (endpoint) =>
      request(site, names[endpoint] ?? site, run)
  return {
    read: (prefixes) => endpoints.read(asking(() => store.read(prefixes))),
    transact: (transaction) => endpoints.write(asking(() => store.transact(transaction))),
    grantLease: (ttlSeconds) => endpoints.write(asking(() => store.grant(ttlSeconds))),
    keepLease: (lease) => endpoints.write(asking(() => store.keep(lease))),
    revokeLease: (lease) => endpoints.write(asking(() => store.revoke(lease))),
    endpoint: () => names[endpoints.current()] ?? '',
    close: () => endpoints.close(),
  }
}
