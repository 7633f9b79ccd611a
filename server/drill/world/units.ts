import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Supervised } from './supervised.ts'

/**
 * Puts a program at `path` that a site's commands call as they would call systemctl on a machine: `start` and `stop` of the site's
 * units. It speaks to this process, which supervises them, over a socket beside it.
 */
export function serveUnits(path: string, units: Readonly<Record<string, Supervised>>): void {
  const socket = `${path}.socket`
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    text(connection)
      .then((words) => obey(units, words.split(' ')))
      .then(
        () => connection.end(''),
        (error: Error) => connection.end(error.message),
      )
  })
  server.listen(socket)
  server.unref()
  const program = `const words = process.argv.slice(1).join(" ")
const connection = require("node:net").connect(${JSON.stringify(socket)}, () => connection.end(words))
let said = ""
connection.on("data", (chunk) => { said += chunk })
connection.on("end", () => { process.stderr.write(said); process.exitCode = said === "" ? 0 : 1 })
`
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' -e '${program}' "$@"\n`, { mode: 0o755 })
}

async function obey(units: Readonly<Record<string, Supervised>>, words: readonly string[]): Promise<void> {
  const [verb, unit = ''] = words.filter((word) => !word.startsWith('--'))
  const supervised = units[unit]
  if (!supervised) throw new Error(`there is no unit ${unit}`)
  if (verb === 'stop') await supervised.stop()
  else if (verb === 'start') supervised.start()
  else throw new Error(`the drill's systemctl cannot ${verb}`)
}
