export type Mentioned = { userId: string; name: string }
type Relation = Record<string, unknown>

/** The content of a text message; names of people who are mentioned become links, and their devices ring. */
export function textContent(body: string, mentioned: readonly Mentioned[]): Record<string, unknown> {
  const distinct = [...new Map(mentioned.map((person) => [person.userId, person])).values()]
  const present = distinct.filter(({ name }) => body.includes(`@${name}`))
  const content = {
    msgtype: 'm.text',
    body,
    'm.mentions': present.length > 0 ? { user_ids: present.map(({ userId }) => userId) } : {},
  }
  if (present.length === 0) return content
  return {
    ...content,
    format: 'org.matrix.custom.html',
    formatted_body: present.reduce(
      (html, { userId, name }) =>
        html.replaceAll(
          `@${escapeHtml(name)}`,
          `<a href="https://matrix.to/#/${encodeURIComponent(userId)}">@${escapeHtml(name)}</a>`,
        ),
      escapeHtml(body).replaceAll('\n', '<br>'),
    ),
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#rich-replies */
export function replyTo(eventId: string): Relation {
  return { 'm.relates_to': { 'm.in_reply_to': { event_id: eventId } } }
}

/** https://spec.matrix.org/v1.19/client-server-api/#event-replacements */
export function editOf(eventId: string, content: Record<string, unknown>): Record<string, unknown> {
  return {
    ...content,
    body: `* ${content['body']}`,
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
