import type { MemberStatus } from '../decide.ts'
import type { Etcd } from '../etcd.ts'
import { EtcdError } from '../etcd-json.ts'
import {
  leaderKeyOf,
  memberKeyOf,
  type PatroniKeys,
  patroniPrefix,
  readPatroniKeys,
} from '../patroni-keys.ts'
import type { VirtualEtcd } from './virtual-etcd.ts'
import type { VirtualNetwork } from './virtual-network.ts'
import type { VirtualTime } from './virtual-time.ts'

const leaseSeconds = 20
const retryMs = 3_000
/** How long a candidate waits for the answer of a member that it knows and that does not answer. */
const candidateWaitMs = 2_000
const receiverTimeoutMs = 3_000

type World = {
  time: VirtualTime
  network: VirtualNetwork
  etcd: VirtualEtcd
  cluster: string
  members: ReadonlyMap<string, VirtualPatroni>
  promoted(member: VirtualPatroni): void
}

/** Patroni 4 in quorum mode and PostgreSQL of one site, as far as the watcher has to do with them. */
export class VirtualPatroni {
  readonly site: string
  isPrimary = false
  /** Whom it receives WAL from: nobody while the leader is unknown or has no address. */
  following: string | undefined
  receivedAtMs = 0
  position = 0
  /** The standbys any one of which acknowledges a commit of this primary. */
  names: readonly string[] = []
  readonly #world: World
  readonly #etcd: Etcd
  #lease: string | undefined
  #reachedEtcdAtMs = 0
  #knownMembers: readonly string[] = []
  #seenLeader: string | undefined

  constructor(site: string, etcd: Etcd, world: World) {
    this.site = site
    this.#etcd = etcd
    this.#world = world
  }

  isReceiving(): boolean {
    return this.following !== undefined && this.#world.time.now() - this.receivedAtMs < receiverTimeoutMs
  }

  status(): MemberStatus {
    const { site: name, isPrimary, position } = this
    return { name, standby: !isPrimary, streaming: this.isReceiving(), position }
  }

  /** One turn of the loop after the other. */
  start(): void {
    const { time, network } = this.#world
    const again = () => this.#wait(this.isPrimary ? 1_000 : 1_500)
    if (!network.isAlive(this.site)) {
      this.#lease = undefined
      this.#demote()
      again()
      return
    }
    this.#runCycle().then(again, (error: unknown) => {
      if (!(error instanceof EtcdError)) throw error
      if (time.now() - this.#reachedEtcdAtMs > retryMs) this.#demote()
      again()
    })
  }

  /** Until the next turn. A change of the leader's key, which Patroni watches, ends the wait. */
  #wait(leftMs: number): void {
    const { time, etcd } = this.#world
    const changed = etcd.watchAt(this.site) && this.#seenLeader !== this.#leaderNow()
    if (leftMs <= 0 || changed) this.start()
    else time.after(100, () => this.#wait(leftMs - 100))
  }

  #leaderNow(): string | undefined {
    const { etcd, cluster } = this.#world
    return etcd.store.read([leaderKeyOf(cluster)])[0]?.createRevision
  }

  #demote(): void {
    this.isPrimary = false
    this.following = undefined
  }

  async #runCycle(): Promise<void> {
    const { cluster, time } = this.#world
    const patroni = readPatroniKeys(cluster, await this.#etcd.read([patroniPrefix(cluster)]))
    this.#seenLeader = patroni.leader?.createRevision
    const held = await this.#heldLease()
    this.#reachedEtcdAtMs = time.now()
    if (patroni.members.get(this.site)?.lease !== held)
      await this.#put(memberKeyOf(cluster, this.site), this.site, held)
    if (patroni.leader) this.#knownMembers = [...patroni.members.keys()]
    if (!patroni.leader) await (this.isPrimary ? this.#acquire(held) : this.#race(patroni, held))
    else if (patroni.leader.value === this.site) await this.#lead(patroni, held)
    else this.#follow(patroni, patroni.leader.value)
  }

  async #heldLease(): Promise<string> {
    if (this.#lease === undefined || !(await this.#etcd.keepLease(this.#lease)))
      this.#lease = await this.#etcd.grantLease(leaseSeconds)
    return this.#lease
  }

  async #lead(patroni: PatroniKeys, held: string): Promise<void> {
    const key = leaderKeyOf(this.#world.cluster)
    if (patroni.leader?.lease !== held) {
      const operations = [{ put: { key, value: this.site, lease: held } }]
      if (!(await this.#etcd.transact({ compares: [{ key, value: this.site }], operations })))
        return this.#demote()
    }
    this.isPrimary = true
    this.following = undefined
    await this.#keepQuorum(patroni)
  }

  #follow(patroni: PatroniKeys, leader: string): void {
    const following = patroni.members.has(leader) ? leader : undefined
    if (following !== this.following) this.receivedAtMs = Number.NEGATIVE_INFINITY
    this.isPrimary = false
    this.following = following
  }

  async #acquire(held: string): Promise<boolean> {
    const key = leaderKeyOf(this.#world.cluster)
    const operations = [{ put: { key, value: this.site, lease: held } }]
    return this.#etcd.transact({ compares: [{ key, create: '0' }], operations })
  }

  /**
   * Positions are asked at the beginning; whoever does not answer is waited for before the key is taken. A standby goes on
   * receiving from the old leader until its own race is over.
   */
  async #race({ sync, members }: PatroniKeys, held: string): Promise<void> {
    const { network, time, promoted } = this.#world
    const voters = sync ? [sync.leader, ...sync.voters] : []
    const asked = voters.filter((name) => name !== this.site)
    const known = asked.filter((name) => this.#knownMembers.includes(name) || members.has(name))
    const answering = known.filter((name) => network.connected(this.site, name))
    let won = false
    if (sync && this.#mayLead(sync, answering)) {
      if (answering.length < known.length)
        await new Promise<void>((resolve) => void time.after(candidateWaitMs, resolve))
      won = network.isAlive(this.site) && (await this.#acquire(held))
    }
    this.following = undefined
    if (!won) return
    this.names = asked
    this.isPrimary = true
    promoted(this)
  }

  #mayLead(sync: NonNullable<PatroniKeys['sync']>, answering: readonly string[]): boolean {
    let votes = [sync.leader, ...sync.voters].includes(this.site) ? 0 : -1
    let ahead = 0
    for (const name of answering) {
      const status = this.#world.members.get(name)?.status()
      if (!status?.standby) return false
      if (status.position <= this.position) votes++
      else if (name === sync.leader) ahead++
      else return false
    }
    return votes >= sync.quorum || (ahead === 0 && sync.leader === this.site)
  }

  /** Who stopped receiving leaves the names before /sync, and comes back into /sync before the names. */
  async #keepQuorum({ sync }: PatroniKeys): Promise<void> {
    const { members, cluster } = this.#world
    const receiving = [...members.values()]
      .filter((other) => other.following === this.site && other.isReceiving())
      .map((other) => other.site)
    this.names = this.names.filter((name) => receiving.includes(name))
    const quorum = Math.max(0, receiving.length - 1)
    const value = JSON.stringify({ leader: this.site, sync_standby: receiving.join(','), quorum })
    const key = `${patroniPrefix(cluster)}sync`
    const compares = [{ key, mod: sync?.key.modRevision ?? '0' }]
    const written =
      sync?.key.value === value ||
      (await this.#etcd.transact({ compares, operations: [{ put: { key, value } }] }))
    if (written) this.names = receiving
    await this.#put(`${patroniPrefix(cluster)}status`, JSON.stringify({ optime: this.position }))
  }

  async #put(key: string, value: string, lease?: string): Promise<void> {
    const put = { key, value, ...(lease !== undefined && { lease }) }
    await this.#etcd.transact({ compares: [], operations: [{ put }] })
  }
}
