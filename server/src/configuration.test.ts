import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfiguration } from './configuration.ts'
import { ConfigurationError } from './platform/config/load.ts'
import { exampleSites } from './platform/site/testing.ts'

function sitesFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'dure-')), 'sites.yaml')
  writeFileSync(path, text)
  return path
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfiguration(environment)
  } catch (error) {
    assert(error instanceof ConfigurationError)
    return error.problems
  }
  return []
}

test('a node of several sites knows them all', () => {
  const { core } = readConfiguration({
    DURE_SITES: sitesFile(exampleSites),
    DURE_SITE: 'daejeon',
    DURE_SERVER_NAME: 'chat.example.org',
  })
  assert.equal(core.sites?.sites.length, 3)
  assert.equal(readConfiguration({}).core.sites, undefined)
})

test('a node that is in none of the sites, or has another name than they, does not start', () => {
  assert.deepEqual(problemsOf({ DURE_SITES: sitesFile(exampleSites) }), [
    'DURE_SITE: there is no site home in DURE_SITES; its sites are busan, daejeon, chuncheon',
    'DURE_SERVER_NAME: is localhost, but DURE_SITES says chat.example.org',
  ])
})

test('a sites.yaml with problems is a problem of the configuration', () => {
  assert.deepEqual(problemsOf({ DURE_SITES: sitesFile('cluster: dure\nserverName: localhost\n') }), [
    'DURE_SITES: sites: must be a list of 1 to 9',
  ])
})

test('a public address without rate limits is refused', () => {
  assert.match(problemsOf({ DURE_HOST: '0.0.0.0', DURE_RATE_LIMITS: 'off' })[0] ?? '', /unsafe on a public/)
})
