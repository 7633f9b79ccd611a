import { type Logger, pino } from 'pino'

export type Log = Logger

/** Structured log lines on stdout. Secrets never reach it: tokens, passwords and key material are cut by path. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
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
