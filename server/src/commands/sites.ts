import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '../platform/config/load.ts'
import { systemRandom } from '../platform/random.ts'
import { parseSitesFile, SitesFileError } from '../platform/site/sites-file.ts'
import { debianLayout } from '../sites/render/layout.ts'
import { renderSites } from '../sites/render/render.ts'
import { completeSecrets } from '../sites/render/secrets.ts'
import { readSecrets, writeSecrets, writeSite } from '../sites/render/write.ts'

const usage = `usage: sites render <sites.yaml> --out <folder>
`

/** `sites ...`: what an operator of several sites does. */
export async function sitesCommand([verb, ...words]: readonly string[]): Promise<number> {
  try {
    if (verb === 'render') return await render(words)
  } catch (error) {
    if (error instanceof SitesFileError) throw new ConfigurationError(error.problems)
    if ((error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS') !== true) throw error
    process.stderr.write(`${(error as Error).message}\n`)
  }
  process.stderr.write(usage)
  return 2
}

/** Writes every site's files, and keeps the secrets of an earlier rendering in the same folder. */
async function render(words: readonly string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { out: { type: 'string' } },
  })
  const [path, ...rest] = positionals
  if (path === undefined || values.out === undefined || rest.length > 0) {
    process.stderr.write(usage)
    return 2
  }
  const source = readFileSync(path, 'utf8')
  const file = parseSitesFile(source)
  const secrets = completeSecrets({ random: systemRandom }, file, await readSecrets(values.out))
  await writeSecrets(values.out, secrets)
  for (const site of renderSites(file, secrets, source, () => debianLayout)) {
    await writeSite(values.out, site, debianLayout)
    process.stdout.write(`${values.out}/${site.site}: ${site.files.length} files\n`)
  }
  return 0
}
