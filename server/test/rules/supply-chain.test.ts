import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, readProjectFile } from './repository.ts'

/** Written in pieces, because this file is searched as well. */
const registryHosts = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['deb', 'debian', 'org'],
  ['security', 'debian', 'org'],
  ['files', 'pythonhosted', 'org'],
].map((parts) => parts.join('.'))

test('no committed text names the host of a package registry, so that any mirror serves', () => {
  const naming = projectFiles(
    /\.(ts|mjs|js|json|md|yml|yaml|sh|html|css|sql|npmrc)$|^\.ci\/|^\.npmrc$/,
  ).filter((name) => {
    const source = readProjectFile(name)
    return registryHosts.some((host) => source.includes(host))
  })
  assert.deepEqual(naming, [])
})

test('the lock file pins every package by its content and not by an address', () => {
  const { packages }: { packages: Record<string, Package> } = JSON.parse(readProjectFile('package-lock.json'))
  for (const [place, { resolved, integrity, link }] of Object.entries(packages)) {
    if (!place.includes('node_modules/') || link) continue
    assert.equal(resolved, undefined, place)
    assert.match(integrity ?? '', /^sha512-/, place)
  }
})

test('dependencies are named by exact version', () => {
  for (const name of projectFiles(/^(server\/|web\/)?package\.json$/)) {
    const manifest: Record<string, Record<string, string>> = JSON.parse(readProjectFile(name))
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
      for (const [dependency, version] of Object.entries(manifest[kind] ?? {}))
        assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name}: ${dependency}`)
  }
})

type Package = { resolved?: string; integrity?: string; link?: boolean }
