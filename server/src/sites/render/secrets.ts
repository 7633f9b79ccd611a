import { createPrivateKey, createPublicKey } from 'node:crypto'
import { parse, stringify } from 'yaml'
import type { Random } from '../../platform/random.ts'
import type { SitesFile } from '../../platform/site/sites-file.ts'

/** Made once for a deployment, and kept by every later rendering. */
export type Secrets = {
  passwords: Record<(typeof passwordNames)[number], string>
  /** Private key of each site in the mesh: 32 bytes in base64, as WireGuard writes them. */
  wireguard: Record<string, string>
}

const passwordNames = ['superuser', 'replication', 'rewind', 'node', 'patroni'] as const
const passwordLength = 32

/** Adds what is missing: everything at first, the key of a new site later. What there is never changes. */
export function completeSecrets(
  { random }: { random: Random },
  file: SitesFile,
  earlier?: Partial<Secrets>,
): Secrets {
  return {
    passwords: fromNames(passwordNames, (name) => earlier?.passwords?.[name] ?? random.text(passwordLength)),
    wireguard: {
      ...earlier?.wireguard,
      ...fromNames(
        file.sites.map(({ name }) => name),
        (name) => earlier?.wireguard?.[name] ?? random.bytes(32).toString('base64'),
      ),
    },
  }
}

export function parseSecrets(source: string): Partial<Secrets> {
  return parse(source) ?? {}
}

export function printSecrets(secrets: Secrets): string {
  return `# The passwords and keys of all sites. Whoever has this file is the deployment: keep it, and keep it to yourself.\n${stringify(secrets)}`
}

// The fixed beginning of an X25519 private key in PKCS #8: https://www.rfc-editor.org/rfc/rfc8410#section-7
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** The public half of a WireGuard key, in base64: X25519, https://www.wireguard.com/protocol/ */
export function wireguardPublicKey(privateKey: string): string {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  })
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(x ?? '', 'base64url').toString('base64')
}

function fromNames<const Name extends string>(names: readonly Name[], make: (name: Name) => string) {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, string>
}
