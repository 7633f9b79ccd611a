import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRandom } from '../../server/src/platform/random.ts'
import { parseSitesFile } from '../../server/src/platform/site/sites-file.ts'
import { debianLayout } from '../../server/src/sites/render/layout.ts'
import { renderSites } from '../../server/src/sites/render/render.ts'
import { completeSecrets } from '../../server/src/sites/render/secrets.ts'

/** What `sites render` makes of deploy/example/sites.yaml, with passwords and keys that are the same every time. */
export function exampleSites(): Record<string, string> {
  const source = readFileSync(new URL('../../deploy/example/sites.yaml', import.meta.url), 'utf8')
  const file = parseSitesFile(source)
  const secrets = completeSecrets({ random: repeatableRandom() }, file)
  return Object.fromEntries(
    renderSites(file, secrets, source, () => debianLayout).flatMap(({ site, files }) =>
      files.map(({ path, content }) => [`deploy/example/rendered/${site}${path}`, content]),
    ),
  )
}

function repeatableRandom() {
  let count = 0
  const next = () => createHash('sha256').update(`an example ${count++}`).digest()
  return createRandom({
    bytes: (length) => Buffer.from(next().subarray(0, length)),
    below: (bound) => next().readUInt32BE() % bound,
  })
}
