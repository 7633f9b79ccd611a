import type { MatrixClient } from 'matrix-js-sdk'
import { sites } from './connection.ts'
import { saveFile } from './save-file.ts'

const path = '/api/identity/v1/export'

/** Whether this server gives people their data in one file: then it asks whoever comes without a token who they are. */
export async function givesOwnData(): Promise<boolean> {
  const answer = await sites.fetch(`${location.origin}${path}`)
  await answer.body?.cancel()
  return answer.status === 401
}

/** Everything that the server keeps for the person, as a file on this device. */
export async function saveOwnData(client: MatrixClient): Promise<void> {
  const answer = await sites.fetch(`${location.origin}${path}`, {
    headers: { authorization: `Bearer ${client.getAccessToken()}` },
  })
  if (!answer.ok) throw new Error(`the export answered ${answer.status}`)
  saveFile(`dure-${new Date().toISOString().slice(0, 10)}.zip`, await answer.blob())
}
