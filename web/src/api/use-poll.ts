import { type Poll, PollEvent, type Relations, RelationsEvent, type Room } from 'matrix-js-sdk'
import { useEffect, useMemo, useState } from 'react'
import { useClient } from './client-context.ts'
import { outbox } from './device-outbox.ts'
import { tallyVotes } from './poll-votes.ts'
import { useChanges } from './use-changes.ts'

export type PollView = {
  question: string
  answers: readonly { id: string; label: string }[]
  votes: ReadonlyMap<string, number>
  mine: readonly string[]
  total: number
  ended: boolean
  vote(answerId: string): void
}

const pollEvents = [PollEvent.Responses, PollEvent.End, PollEvent.Update] as const
const relationEvents = [RelationsEvent.Add, RelationsEvent.Remove, RelationsEvent.Redaction] as const
const roomEvents = [PollEvent.New] as const

/** A poll as it stands; `undefined` until it can be read. */
export function usePoll(room: Room, eventId: string): PollView | undefined {
  const me = useClient().getSafeUserId()
  useChanges(room, roomEvents)
  const poll = room.polls.get(eventId)
  const responses = useResponses(poll)
  const version = `${useChanges(poll, pollEvents)}-${useChanges(responses, relationEvents)}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that votes have come in.
  return useMemo(() => {
    if (!poll) return undefined
    const { question, answers, maxSelections } = poll.pollEvent
    const given = (responses?.getRelations() ?? []).map((event) => ({
      sender: event.getSender() ?? '',
      at: event.getTs(),
      answers: answersOf(event.getContent()),
    }))
    const ids = answers.map(({ id }) => id)
    const tally = tallyVotes(given, ids, maxSelections)
    return {
      question: question.text,
      answers: answers.map(({ id, text }) => ({ id, label: text })),
      votes: tally.votes,
      mine: tally.byPerson.get(me) ?? [],
      total: tally.byPerson.size,
      ended: poll.isEnded,
      vote: (answerId) => vote(room, eventId, answerId),
    }
  }, [room, poll, responses, me, eventId, version])
}

function useResponses(poll: Poll | undefined): Relations | undefined {
  const [responses, setResponses] = useState<Relations>()
  useEffect(() => {
    let gone = false
    poll?.getResponses().then(
      (found) => !gone && setResponses(found),
      // Without a connection the votes come later.
      () => {},
    )
    return () => {
      gone = true
    }
  }, [poll])
  return responses
}

function vote(room: Room, eventId: string, answerId: string): void {
  void outbox.add({
    roomId: room.roomId,
    type: 'org.matrix.msc3381.poll.response',
    content: {
      'm.relates_to': { rel_type: 'm.reference', event_id: eventId },
      'org.matrix.msc3381.poll.response': { answers: [answerId] },
    },
  })
}

function answersOf(content: Record<string, unknown>): string[] {
  const response = content['org.matrix.msc3381.poll.response'] as { answers?: unknown } | undefined
  const selections = content['m.selections'] ?? response?.answers
  return Array.isArray(selections) ? selections.filter((id) => typeof id === 'string') : []
}
