import type { AuthDict, MatrixClient, MatrixError } from 'matrix-js-sdk'

/** Answers the server's question for who is there with the password. Throws when it is not right. */
function passwordAnswer(client: MatrixClient, password: string) {
  return async <Answer>(request: (auth: AuthDict | null) => Promise<Answer>): Promise<Answer> => {
    let session: string | undefined
    try {
      return await request(null)
    } catch (error) {
      const { httpStatus, data } = error as MatrixError
      if (httpStatus !== 401 || !('flows' in data)) throw error
      session = data['session'] as string | undefined
    }
    return request({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: client.getSafeUserId() },
      password,
      ...(session !== undefined && { session }),
    })
  }
}

/**
 * Does what the server only does for the person themselves:
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
 *
 * Resolves with `false` when the password is not right, so that they can type it again; everything else is thrown.
 */
export async function withPassword(
  client: MatrixClient,
  password: string,
  work: (answer: ReturnType<typeof passwordAnswer>) => Promise<unknown>,
): Promise<boolean> {
  try {
    await work(passwordAnswer(client, password))
    return true
  } catch (error) {
    const { httpStatus, errcode } = error as Partial<MatrixError>
    if (httpStatus === 401 && errcode === 'M_FORBIDDEN') return false
    throw error
  }
}
