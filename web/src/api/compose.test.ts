import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editOf, textContent } from './compose.ts'

test('a plain text says that it mentions nobody', () => {
  assert.deepEqual(textContent('hello', []), { msgtype: 'm.text', body: 'hello', 'm.mentions': {} })
})

test('who is mentioned is named once, and only while the name is still in the text', () => {
  const jun = { userId: '@jun:dure.test', name: 'Jun <3' }
  const content = textContent('@Jun <3 & all', [jun, jun, { userId: '@mina:dure.test', name: 'Mina' }])
  assert.deepEqual(content['m.mentions'], { user_ids: ['@jun:dure.test'] })
  assert.equal(
    content['formatted_body'],
    '<a href="https://matrix.to/#/%40jun%3Adure.test">@Jun &#60;3</a> &#38; all',
  )
})

test('an edit carries the whole new content', () => {
  const edit = editOf('$a', textContent('new', []))
  assert.equal(edit['body'], '* new')
  assert.deepEqual(edit['m.relates_to'], { rel_type: 'm.replace', event_id: '$a' })
  assert.equal((edit['m.new_content'] as { body: string }).body, 'new')
})
