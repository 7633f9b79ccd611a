import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'

test('the page names the address under which it was asked for', async (t) => {
  const { http } = await testApp(t)
  const answer = await http.inject({ url: '/', headers: { host: 'dure.example:8443' } })
  assert.equal(answer.statusCode, 200)
  assert.match(answer.headers['content-type']?.toString() ?? '', /^text\/html/)
  assert.match(answer.body, /<code>http:\/\/dure\.example:8443<\/code>/)
})

test('the page names the public address where one is configured', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_PUBLIC_URL: 'https://dure.example' } })
  const answer = await http.inject({ url: '/', headers: { host: 'node-1.internal' } })
  assert.match(answer.body, /<code>https:\/\/dure\.example<\/code>/)
})

test('a host that is markup stays text', async (t) => {
  const { http } = await testApp(t)
  const answer = await http.inject({ url: '/', headers: { host: '<b>x</b>' } })
  assert.ok(!answer.body.includes('<b>x</b>'))
})

test('the page runs no scripts and its style and picture are there', async (t) => {
  const { http } = await testApp(t)
  const page = await http.inject('/')
  assert.match(page.headers['content-security-policy']?.toString() ?? '', /default-src 'none'/)
  assert.doesNotMatch(page.body, /<script/)
  for (const path of ['/style.css', '/mark.svg'])
    assert.equal((await http.inject(path)).statusCode, 200, path)
})
