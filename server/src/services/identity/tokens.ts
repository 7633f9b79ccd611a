import { createHash } from 'node:crypto'
import type { Random } from '../../platform/random.ts'
import { localpartOf, userIdOf } from './names.ts'

/**
 * A token reads `dure_at.<local part in Base64>.<256 random bits in Base64>`: the prefix lets secret scanners find
 * leaked ones, and the local part finds the rows of its owner without an index across all people. Only the
 * SHA-256 of the whole is ever stored.
 */
export type TokenKind = 'access' | 'refresh' | 'login' | 'openid'

export type ReadToken = { userId: string; hash: Buffer }

const prefixes: Record<TokenKind, string> = {
  access: 'dure_at',
  refresh: 'dure_rt',
  login: 'dure_lt',
  openid: 'dure_ot',
}
const form = /^(?<prefix>dure_[arlo]t)\.(?<owner>[A-Za-z0-9_-]{2,340})\.[A-Za-z0-9_-]{43}$/

export function mintToken(random: Random, kind: TokenKind, userId: string): { token: string; hash: Buffer } {
  const owner = Buffer.from(localpartOf(userId)).toString('base64url')
  const token = `${prefixes[kind]}.${owner}.${random.bytes(32).toString('base64url')}`
  return { token, hash: hashOf(token) }
}

/** Undefined for anything that this server cannot have given out as a token of this kind. */
export function readToken(kind: TokenKind, token: string, serverName: string): ReadToken | undefined {
  const match = form.exec(token)
  if (match?.groups?.['prefix'] !== prefixes[kind]) return undefined
  const localpart = Buffer.from(match.groups['owner'] ?? '', 'base64url').toString('latin1')
  if (!/^[\x21-\x7e]+$/.test(localpart)) return undefined
  return { userId: userIdOf(localpart, serverName), hash: hashOf(token) }
}

export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
