import type { MatrixClient } from 'matrix-js-sdk'
import { createContext, useContext } from 'react'

export const ClientContext = createContext<MatrixClient | undefined>(undefined)

/** The client of the person who is signed in. Only for what is shown to people who are. */
export function useClient(): MatrixClient {
  const client = useContext(ClientContext)
  if (!client) throw new Error('nobody is signed in')
  return client
}
