import { isMainThread } from 'node:worker_threads'

/**
 * Loaded into every test file's process. A test has a timeout of its own, but what it leaves behind - a loop, a socket, a
 * timer - may keep the process, and so the whole run, for ever: this ends it and says what it still held.
 */
const deadlineMs = 15 * 60_000

if (isMainThread && process.env['NODE_TEST_CONTEXT']?.startsWith('child'))
  setTimeout(() => {
    const held = [...new Set(process.getActiveResourcesInfo())].join(', ')
    process.stderr.write(
      `${process.argv[1]} has not ended after ${deadlineMs / 60_000} minutes; it holds: ${held}\n`,
    )
    process.exit(1)
  }, deadlineMs).unref()
