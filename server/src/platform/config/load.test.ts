import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { documentConfiguration, printConfiguration } from './describe.ts'
import { ConfigurationError, loadConfiguration } from './load.ts'
import { bytes, choice, duration, flag, integer, list, optionalText, text } from './settings.ts'

const slices = {
  core: {
    port: integer('Port.', 8008, { min: 0, max: 65_535, env: 'DURE_PORT' }),
    databaseUrl: optionalText('Database.', { secret: true, env: 'DURE_DATABASE_URL' }),
  },
  media: {
    uploadBytesMax: bytes('Largest upload.', 1024),
    keepFor: duration('How long.', 1000),
    kinds: list('Kinds.', ['png']),
    strict: flag('Strict.', false),
    mode: choice('Mode.', ['fast', 'safe'], 'safe'),
    title: text('Title.', 'Media'),
  },
}
const load = (environment: Record<string, string> = {}, file?: string) =>
  loadConfiguration(slices, { environment, file })

test('defaults hold, the file overrides them, the environment overrides the file', () => {
  const file =
    'core:\n  port: 1\nmedia:\n  uploadBytesMax: 2 MiB\n  keepFor: 30 d\n  kinds: [gif, webp]\n  strict: true\n'
  const { core, media } = load({ DURE_PORT: '2', DURE_MEDIA_MODE: 'fast' }, file)
  assert.equal(core.port, 2)
  assert.deepEqual(media, {
    uploadBytesMax: 2 * 1024 ** 2,
    keepFor: 30 * 86_400_000,
    kinds: ['gif', 'webp'],
    strict: true,
    mode: 'fast',
    title: 'Media',
  })
})

test('every problem is reported at once, misspelt names included', () => {
  assert.throws(
    () =>
      load(
        { DURE_PORT: '99999', DURE_PROT: '1' },
        'core:\n  prot: 1\nmedia:\n  mode: slow\n  keepFor: soon\nmdeia: {}\n',
      ),
    (error) => {
      assert(error instanceof ConfigurationError)
      assert.deepEqual(error.problems.toSorted(), [
        'DURE_PORT: must be from 0 to 65535',
        'DURE_PROT: there is no such setting',
        'core.prot: there is no such setting',
        'mdeia: there is no such section',
        'media.keepFor: must be a time span such as 90 s',
        'media.mode: must be one of fast, safe',
      ])
      return true
    },
  )
})

test('a file that is not YAML is one clear problem', () => {
  assert.throws(() => load({}, 'core: [1'), /the file is not YAML/)
  assert.throws(() => load({}, '- a'), /must hold sections/)
})

test('a secret may come from a file, and is never printed', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'dure-')), 'url')
  writeFileSync(path, 'postgres://me:hunter2@db/dure\n')
  const configuration = load({ DURE_DATABASE_URL_FILE: path })
  assert.equal(configuration.core.databaseUrl, 'postgres://me:hunter2@db/dure')
  const printed = printConfiguration(slices, configuration)
  assert.doesNotMatch(printed, /hunter2/)
  assert.match(printed, /databaseUrl: \[secret\]/)
  assert.throws(() => load({ DURE_PORT_FILE: path }), /only secrets can be read from a file/)
})

test('the reference names every setting with its variable', () => {
  const reference = documentConfiguration(slices)
  assert.match(
    reference,
    /\| uploadBytesMax \| `DURE_MEDIA_UPLOAD_BYTES_MAX` \| `1024` \| Largest upload\. \|/,
  )
})
