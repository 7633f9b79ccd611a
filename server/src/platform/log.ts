import { type Logger, pino } from 'pino'

export type Log = Logger

/** Structured log lines on stdout. Secrets never reach it: tokens, passwords and key material are cut by path. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    serializers: { err: serializeError },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'req.headers.authorization',
        'headers.authorization',
        '*.password',
        '*.access_token',
        '*.refresh_token',
      ],
      censor: '[secret]',
    },
  })
}

/** What helps to find the cause. Drivers hang whole connections, statements and values on their errors: those stay out. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    name,
    message,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause: serializeError(cause) }),
  }
}
