import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../../src/platform/log.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { until } from '../../src/platform/testing/until.ts'
import type { Step } from '../../src/services/ledger/api.ts'
import { holdStep, ledgerNode, openStep, transferStep } from '../../src/services/ledger/testing.ts'
import { createLedgerNode } from './ledger-client.ts'

const kills = Number(process.env['DURE_DRILL_KILLS'] ?? 10)
const wallets = 20
const clients = 24
const shown = { lost: true, Outage: true } as Record<string, boolean>
const seed = Number(process.env['DURE_DRILL_SEED'] ?? 20_221_015)

test(`${kills} times kill -9 of a node or of PostgreSQL loses, doubles and halves no money`, {
  timeout: 280_000,
}, async (t) => {
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const folder = await mkdtemp(join(tmpdir(), 'dure-ledger-'))
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: createLog('silent') })
  const nodes = [createLedgerNode(postgres.url, 'node-1'), createLedgerNode(postgres.url, 'node-2')] as const
  atEnd(t, async () => {
    for (const node of nodes) await node.close()
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  })
  for (const node of nodes) await node.start()

  /** An honest client: repeats the same request, at any node, until it is told what became of it. */
  async function post(id: string, ...steps: Step[]): Promise<string> {
    for (;;) {
      const outcome = await nodes[random.below(2) === 0 ? 0 : 1].post({ scope: 'drill', id, steps })
      if (!shown[outcome]) return outcome
      await sleep(20 + random.below(50))
    }
  }

  assert.equal(await post('mint', openStep('mint', { floor: null })), 'ok')
  for (let w = 0; w < wallets; w++) {
    const give = transferStep('mint', `wallet ${w}`, 1000n)
    assert.equal(await post(`open ${w}`, openStep(`wallet ${w}`), give), 'ok')
  }

  let writing = true
  const acknowledged = new Map<string, Step[]>()
  const refused: string[] = []
  const working = Array.from({ length: clients }, async (_, client) => {
    for (let n = 0; writing; n++) {
      const id = `${client}.${n}`
      const steps = anything(random, id)
      const outcome = await post(id, ...steps)
      if (outcome === 'ok') acknowledged.set(id, steps)
      else {
        assert.equal(outcome, 'ledger.funds_insufficient')
        refused.push(id)
      }
    }
  })

  const restarts: Promise<void>[] = []
  for (let killed = 0; killed < kills; ) {
    await sleep(200 + random.below(900))
    const victim = random.below(3)
    const node = nodes[victim === 0 ? 0 : 1]
    if (victim === 2) killed += killProcess(postgres.pid) ? 1 : 0
    else if (node.isUp()) {
      killed++
      node.kill()
      await until(() => !node.isUp())
      restarts.push(node.start())
    }
  }
  await Promise.all(restarts)
  await sleep(500)
  writing = false
  await Promise.all(working)

  const ledger = ledgerNode(t, postgres.url)
  assert.deepEqual((await ledger.verify()).findings, [])
  const balances = new Map<string, bigint>()
  for (const [id, steps] of acknowledged) {
    const posted = await ledger.find('drill', id)
    assert.equal(posted?.entries.length, steps.length, `${id} was acknowledged and is not there whole`)
    for (const { kind, payer = '', payee = '', amount = 0n } of posted.entries) {
      if (kind !== 'transfer' && kind !== 'capture') continue
      balances.set(payer, (balances.get(payer) ?? 0n) - amount)
      balances.set(payee, (balances.get(payee) ?? 0n) + amount)
    }
  }
  // Every request was answered in the end, so what was acknowledged is all that there may be.
  for (const id of refused)
    assert.equal(await ledger.find('drill', id), undefined, `${id} was refused and is there`)
  for (let w = 0; w < wallets; w++) {
    const { balance, held } = await ledger.account(`wallet ${w}`)
    assert.equal(balance, 1000n + (balances.get(`wallet ${w}`) ?? 0n))
    assert.equal(held, 0n)
  }
  t.diagnostic(`${acknowledged.size} requests carried out, ${refused.length} refused, ${kills} kills`)
})

/** A transfer, two that belong together, or a hold with its end, between people drawn by lot. */
function anything(random: { below(bound: number): number }, id: string): Step[] {
  const first = random.below(wallets)
  const [a, b, c] = [0, 1, 2].map((offset) => `wallet ${(first + offset) % wallets}`) as [
    string,
    string,
    string,
  ]
  const sum = BigInt(1 + random.below(400))
  switch (random.below(3)) {
    case 0:
      return [transferStep(a, b, sum)]
    case 1:
      return [transferStep(a, b, sum), transferStep(c, b, sum)]
    default:
      return [
        holdStep(`hold ${id}`, a, c, sum + 1n),
        { kind: 'capture', hold: `hold ${id}`, amount: sum },
        { kind: 'release', hold: `hold ${id}` },
      ]
  }
}

function killProcess(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
