import type { Clock } from '../../src/platform/clock.ts'
import type { Random } from '../../src/platform/random.ts'
import type { Violation } from '../checks/violation.ts'

/** One site as its clients know it. */
export type SiteAddress = { name: string; url: string }

export type LoadOptions = {
  sites: readonly SiteAddress[]
  seed: number
  /** Default 40. */
  people?: number
  /** Messages of everybody together, typed whether or not the sites answer. Default 20. */
  sendsPerSecond?: number
  /** Words before `node` that put the load's process where the clients are, such as `ip netns exec <name>`. */
  within?: readonly string[]
  /** Default: all that exist. */
  workloads?: readonly string[]
  log?: (line: string) => void
}

/** People in a process of their own who talk through all sites. Times are Unix milliseconds. */
export type Load = {
  /** Writes a moment into the series and begins a window. `site` says whose lane it belongs to. */
  mark(text: string, site?: string): Promise<number>
  /** What happened since the last mark. */
  window(): Promise<LoadWindow>
  /** Everything since the start, second by second. */
  series(): Promise<LoadSeries>
  /** Stops typing; resolves when all that was typed is answered or given up and every client has seen the last event. */
  settle(): Promise<void>
  /** Types again. */
  resume(): Promise<void>
  /** After `settle`: compares every client's history with what each of these sites (default: all) tells. */
  verify(options?: { sites?: readonly string[] }): Promise<Violation[]>
  stop(): Promise<void>
}

/** A kind of use: the messenger, later the other services. It runs in the load's process. */
export type Workload = {
  name: string
  start(context: WorkloadContext): Promise<RunningWorkload>
}

export type WorkloadContext = {
  sites: readonly SiteAddress[]
  people: number
  sendsPerSecond: number
  clock: Clock
  random: Random
  recorder: Recorder
  log(line: string): void
}

export type RunningWorkload = {
  settle(): Promise<void>
  resume(): void
  verify(sites: readonly SiteAddress[]): Promise<Violation[]>
  stop(): Promise<void>
}

/**
 * Why an attempt at one site did not bring what was wanted: refused with 503 or 429; silent until the client gave it up;
 * broken off in the middle; the door shut before anything was asked; another error of the server; or so slow that
 * another site, asked meanwhile, answered first.
 */
export type Failure = 'refused' | 'unanswered' | 'broken' | 'closed' | 'error' | 'overtaken'

/** Where workloads tell what happens, while it happens. All numbers of a drill come from it. */
export type Recorder = {
  /** A site answered as wanted, or not; every attempt counts, also those that the client repeats. */
  attempt(site: string, failure?: Failure): void
  /** A client wants something sent; what is returned is told how it went. */
  wanted(client: string): Wanted
  /** A person stopped typing because too much was unsent. */
  heldBack(): void
  /** Something else than a send was given up after retrying. */
  gaveUp(): void
  /** A request that was refused with 503 or 429 succeeded this long after its first refusal. */
  readmitted(afterMs: number): void
  /** A message reached another device this long after its acknowledgement. */
  arrived(afterMs: number): void
}

export type Wanted = {
  /** The first attempt begins now. */
  begun(): void
  done(): void
  failed(): void
}

/** What happened between two moments. What is not known, because nothing happened, is absent. */
export type LoadWindow = {
  mark: string
  from: number
  to: number
  /** The longest time in which somebody wanted to send and nobody's send succeeded. */
  outageS: number
  outageFrom: number
  outageTo: number
  /** Each client's longest time in which it wanted to send and none of its sends succeeded. */
  clients: { p50S: number; p99S: number; maxS: number; gapsS: number[] }
  sends: {
    typed: number
    acknowledged: number
    /** Given up after retrying: must be 0. */
    failed: number
    /** Not typed, because the person already had too many unsent messages. */
    heldBack: number
  }
  /** Other requests that were given up after retrying: must be 0. */
  otherFailed: number
  /** Attempts, of any kind, that one site did not answer as wanted, though the client then repeated them. */
  attempts: { total: number } & Record<Failure, number>
  /** Requests answered 503 or 429, and how long each took from its first refusal to its success. */
  refused: { requests: number; readmittedP50S?: number; readmittedP99S?: number }
  /** Successful sends per second before the mark, between mark and recovery, and after it. */
  throughput: { beforePerS?: number; duringPerS: number; afterPerS?: number }
  /** From the first attempt to the answer. */
  sendMs: { before?: Percentiles; during?: Percentiles; after?: Percentiles }
  /** From the acknowledgement of a message to its arrival at another member's device. */
  arrivalMs?: Percentiles
}

export type Percentiles = { p50: number; p99: number; max: number }

export type LoadSeries = {
  startedAt: number
  /** One entry a second each, from `startedAt` on. */
  sends: number[]
  sites: { name: string; requests: number[]; errors: number[] }[]
  marks: Mark[]
}

export type Mark = { at: number; text: string; site?: string }
