import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isServerName, isUserId, serverNameOf } from './identifiers.ts'

/** The examples of https://spec.matrix.org/v1.19/appendices/#server-name come first. */
const serverNames = [
  'matrix.org',
  'matrix.org:8888',
  '1.2.3.4',
  '1.2.3.4:1234',
  '[1234:5678::abcd]',
  '[1234:5678::abcd]:5678',
  'localhost',
  'a-b.C',
]
const notServerNames = [
  '',
  ':',
  'a b',
  'a:',
  'a:x',
  'a:123456',
  'a_b',
  'a/b',
  '[::1',
  '[]',
  '[::g]',
  'é.org',
  'a\n',
]

test('server names follow their grammar', () => {
  for (const name of serverNames) assert.equal(isServerName(name), true, name)
  for (const name of notServerNames) assert.equal(isServerName(name), false, name)
})

test('a user id has a sigil, any localpart without colon or NUL, and a server name', () => {
  for (const name of serverNames) assert.equal(isUserId(`@alice:${name}`), true, name)
  for (const name of notServerNames) assert.equal(isUserId(`@alice:${name}`), false, name)
  for (const localpart of ['', 'a', 'Upper', 'with space', 'é', '\u{1f600}', '\u0001', '!#$']) {
    assert.equal(isUserId(`@${localpart}:a.b`), true, localpart)
  }
  for (const text of ['', '@', 'alice', 'alice:a.b', '#alice:a.b', '@alice', '@a\0:a.b', '@a\ud800:a.b']) {
    assert.equal(isUserId(text), false, text)
  }
})

test('a user id has at most 255 bytes, not characters', () => {
  assert.equal(isUserId(`@${'a'.repeat(252)}:b`), true)
  assert.equal(isUserId(`@${'a'.repeat(253)}:b`), false)
  assert.equal(isUserId(`@${'é'.repeat(126)}:b`), true)
  assert.equal(isUserId(`@${'é'.repeat(127)}:b`), false)
})

test('the server name of an identifier is all behind its first colon', () => {
  assert.equal(serverNameOf('@alice:here.example:8448'), 'here.example:8448')
  assert.equal(serverNameOf('!room:[::1]'), '[::1]')
  assert.equal(serverNameOf('!hash'), undefined)
})
