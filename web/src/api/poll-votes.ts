type Response = { sender: string; at: number; answers: readonly string[] }

/**
 * What counts of the responses to a poll: of each person the last one, of that as many answers as may be chosen, and a
 * response with an answer that does not exist takes the vote back. https://spec.matrix.org/v1.19/client-server-api/#polls
 */
export function tallyVotes(
  responses: readonly Response[],
  answerIds: readonly string[],
  selectionsMost: number,
): { votes: Map<string, number>; byPerson: Map<string, readonly string[]> } {
  const last = new Map<string, Response>()
  for (const response of responses) {
    const known = last.get(response.sender)
    if (!known || response.at >= known.at) last.set(response.sender, response)
  }
  const byPerson = new Map<string, readonly string[]>()
  const votes = new Map<string, number>()
  for (const [sender, { answers }] of last) {
    const chosen = [...new Set(answers)].slice(0, selectionsMost)
    if (chosen.length === 0 || chosen.some((id) => !answerIds.includes(id))) continue
    byPerson.set(sender, chosen)
    for (const id of chosen) votes.set(id, (votes.get(id) ?? 0) + 1)
  }
  return { votes, byPerson }
}
