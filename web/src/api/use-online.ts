import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

const events = ['User.presence'] as const

/** Whether a person is there just now, as far as they share it. */
export function useOnline(userId: string): boolean {
  const client = useClient()
  useChanges(client, events)
  return client.getUser(userId)?.presence === 'online'
}
