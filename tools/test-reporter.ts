import { Readable } from 'node:stream'
import { spec, type TestEvent } from 'node:test/reporters'

/**
 * Node's own report without the thousands of lines about tests that passed: failures and skipped tests with their
 * reasons as they happen, and Node's summary last.
 */
// biome-ignore lint/style/noDefaultExport: Node loads a reporter by its default export.
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const worthSaying = async function* () {
    for await (const event of events) if (isWorthSaying(event)) yield event
  }
  for await (const chunk of Readable.from(worthSaying()).compose(new spec())) yield String(chunk)
}

function isWorthSaying(event: TestEvent): boolean {
  if (event.type !== 'test:pass') return event.type !== 'test:start' && event.type !== 'test:complete'
  return event.data.skip !== undefined || event.data.todo !== undefined
}
