import { createInterface } from 'node:readline'
import { createApp } from '../../src/app.ts'
import { readConfiguration } from '../../src/configuration.ts'
import { createLog } from '../../src/platform/log.ts'
import type { LedgerRequest } from '../../src/services/ledger/api.ts'

/**
 * A whole node in a process of its own whose ledger is driven over stdin, because the ledger has no routes: a request a line
 * as JSON, amounts as text; an answer a line, `ok`, or the error's name and code. Jobs run as in any node.
 */
const configuration = readConfiguration(process.env)
const app = await createApp({
  configuration,
  databaseUrl: configuration.core.databaseUrl ?? '',
  log: createLog('silent'),
})
process.stdout.write('ready\n')

for await (const line of createInterface({ input: process.stdin })) {
  const { scope, id, steps } = JSON.parse(line, (key, value) =>
    key === 'amount' || key === 'floor' ? (value === null ? null : BigInt(value)) : value,
  ) as LedgerRequest
  void answer({ scope, id, steps })
}
await app.close()

async function answer(request: LedgerRequest): Promise<void> {
  const outcome = await app.services.ledger.post(request).then(
    () => 'ok',
    (error: Error & { code?: string }) => error.code ?? error.name,
  )
  process.stdout.write(`${JSON.stringify([request.id, outcome])}\n`)
}
