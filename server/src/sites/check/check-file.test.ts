import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSitesFile } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { checkFile } from './check-file.ts'
import { printFinding } from './finding.ts'

function complaints(change: (source: string) => string): string[] {
  return checkFile(parseSitesFile(change(exampleSites)))
    .filter(({ level }) => level !== 'ok')
    .map(({ level, what }) => `${level}: ${what}`)
}

test('the example is without complaints, and shows its arithmetic', () => {
  assert.deepEqual(
    complaints((source) => source),
    [],
  )
  const shown = checkFile(parseSitesFile(exampleSites)).map(printFinding).join('\n')
  assert.match(shown, /busan: its node's thread is busy 66 %: 500 sends\/s x 1\.2 ms \+ 50000 people waiting/)
})

test('what two sites share is a problem, but for the provider, which is a warning', () => {
  assert.deepEqual(
    complaints((source) =>
      source
        .replace('dj-7', 'bs-1')
        .replace('substation-dj-2', 'Substation-BS-4')
        .replace('carrier-c', 'carrier-b')
        .replace('provider: three', 'provider: one'),
    ),
    [
      'problem: busan and daejeon share the building bs-1',
      'problem: busan and daejeon share the power substation-bs-4',
      'problem: daejeon and chuncheon share the network carrier-b',
      'warning: busan and chuncheon share the provider one',
    ],
  )
})

test('labels, capacity and plan that nobody gave are warnings', () => {
  assert.deepEqual(
    complaints((source) => source.replace('power: substation-dj-2, ', '').replace(/ {4}capacity: .*\n/, '')),
    ['warning: labels are missing: daejeon (power)', 'warning: busan: the capacity is missing'],
  )
  assert.deepEqual(
    complaints((source) => source.replace(/planned: .*\n/, '')),
    ['warning: the planned peak is missing'],
  )
})

test('two sites, or four, are a problem', () => {
  const two = (source: string) => source.slice(0, source.indexOf('  - name: chuncheon'))
  assert.deepEqual(complaints(two), ['problem: 2 sites instead of three'])
})

test('a site that cannot carry half of the peak is a problem', () => {
  const found = complaints((source) =>
    source
      .replace('sendsPerSecond: 1000, peopleOnline: 100000', 'sendsPerSecond: 3000, peopleOnline: 4000000')
      .replace('cpus: 8, memoryGiB: 32, diskGiB: 2000', 'cpus: 2, memoryGiB: 16, diskGiB: 100'),
  ).filter((line) => line.includes('busan'))
  assert.equal(found.length, 4)
  assert.match(found[0] ?? '', /thread is busy 400 %/)
  assert.match(found[1] ?? '', /5\.20 of 2 cores/)
  assert.match(found[2] ?? '', /of 16 GiB of memory/)
  assert.match(found[3] ?? '', /100 GiB of disk last 0 days/)
})

test('names for hosts, addresses without TLS and sites without a mesh are warnings', () => {
  assert.deepEqual(
    complaints((source) =>
      source.replace('203.0.113.20', 'dj.example.org').replace('https://busan', 'http://busan'),
    ),
    ['warning: daejeon: the host is a name', 'warning: busan: the publicUrl is not https'],
  )
  assert.deepEqual(
    complaints((source) => source.replace('mesh: wireguard', 'mesh: none')),
    ['warning: mesh: none'],
  )
})
