/**
 * The independent ways to ask whether a site lives: Patroni's REST interface, the node, etcd's client port and
 * PostgreSQL's. An answer in any of them means that the site is there, whatever else in it may hang.
 */
export const ways = ['patroni', 'node', 'etcd', 'postgres'] as const
export type Way = (typeof ways)[number]

export type View = {
  /** Since the last answer, in any way. */
  silentMs: number
  /** Nothing has answered in any way for `suspectAfterMs`, although everything was asked for long enough. */
  unreachable: boolean
  /** Ways that answered the last time they were asked. */
  answering: readonly Way[]
}

export type Reach = {
  /** Begins a round of questions; tells which ways to ask now. Must be called every `tickMs`. */
  tick(nowMs: number): { site: string; way: Way }[]
  answered(site: string, way: Way, atMs: number): void
  failed(site: string, way: Way): void
  view(site: string): View
}

type WayState = { asked: number; waitingSinceMs: number | undefined; answers: boolean }
type SiteState = { answeredAtMs: number; turn: number; ways: Record<Way, WayState> }

/** A site that answered this recently is asked in one way at a time. */
const quietMs = 600

/** Each way must have been asked for this long without an answer before the site can count as unreachable. */
const patienceMs = 1_200

/** Questions of a way that may wait for their answers at once. */
const askedMax = 4

/**
 * What this node has seen of the other sites; time is that of a clock that only goes forward.
 *
 * When the ticks themselves stop - the process was stopped, the machine was starved - the silence was our own, and
 * everything begins anew.
 */
export function createReach(
  sites: readonly string[],
  options: { suspectAfterMs: number; tickMs: number },
  startMs: number,
): Reach {
  const states = new Map(sites.map((site): [string, SiteState] => [site, newSite(startMs)]))
  let nowMs = startMs

  function stateOf(site: string): SiteState {
    const state = states.get(site)
    if (!state) throw new Error(`there is no site ${site}`)
    return state
  }

  return {
    tick(atMs) {
      const stalled = atMs - nowMs > options.tickMs * 3
      nowMs = atMs
      const questions = [...states].flatMap(([site, state]) => {
        if (stalled) beginAnew(state, nowMs)
        return waysDue(state, nowMs).map((way) => ({ site, way }))
      })
      for (const { site, way } of questions) stateOf(site).ways[way].asked++
      return questions
    },
    answered(site, way, atMs) {
      const state = stateOf(site)
      state.answeredAtMs = atMs
      for (const each of ways) state.ways[each].waitingSinceMs = undefined
      state.ways[way].asked--
      state.ways[way].answers = true
    },
    failed(site, way) {
      const state = stateOf(site).ways[way]
      state.asked--
      state.answers = false
    },
    view(site) {
      const state = stateOf(site)
      const silentMs = Math.max(0, nowMs - state.answeredAtMs)
      const askedEnough = ways.every((way) => {
        const since = state.ways[way].waitingSinceMs
        return since !== undefined && nowMs - since >= patienceMs
      })
      return {
        silentMs,
        unreachable: silentMs >= options.suspectAfterMs && askedEnough,
        answering: ways.filter((way) => state.ways[way].answers),
      }
    },
  }
}

function newSite(startMs: number): SiteState {
  const way = (): WayState => ({ asked: 0, waitingSinceMs: undefined, answers: false })
  return {
    answeredAtMs: startMs,
    turn: 0,
    ways: { patroni: way(), node: way(), etcd: way(), postgres: way() },
  }
}

function beginAnew(state: SiteState, nowMs: number): void {
  state.answeredAtMs = nowMs
  for (const way of ways) state.ways[way].waitingSinceMs = undefined
}

/** One way after the other while the site answers, all of them when it does not. */
function waysDue(state: SiteState, nowMs: number): Way[] {
  const due = nowMs - state.answeredAtMs < quietMs ? ways.filter((_, turn) => turn === state.turn) : [...ways]
  state.turn = (state.turn + 1) % ways.length
  for (const way of due) state.ways[way].waitingSinceMs ??= nowMs
  return due.filter((way) => state.ways[way].asked < askedMax)
}
