import { createTransport } from 'nodemailer'
import type { Log } from '../log.ts'
import type { MailSettings } from './config.ts'

export type Mail = {
  to: string
  subject: string
  text: string /** Equal for what is sent again. */
  id: string
}

export type Mailer = {
  /** Whether there is a way for mail to leave. */
  available: boolean
  /** Resolves when the mail server has accepted the mail; rejects otherwise, and may then be called again. */
  send(mail: Mail): Promise<void>
}

const timeoutMs = 10_000

/** Gives mail to the operator's mail server, which queues and delivers it; in development prints it instead. */
export function createMailer(
  { log }: { log: Log },
  { settings, dev, serverName }: { settings: MailSettings; dev: boolean; serverName: string },
): Mailer {
  const { smtpUrl, from } = settings
  if (smtpUrl === undefined)
    return {
      available: dev,
      async send(mail) {
        if (!dev) throw new Error('no mail server is configured')
        log.info({ mail }, 'mail that would be sent')
      },
    }
  const limits = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs }
  const transport = createTransport(
    { url: smtpUrl, ...limits, disableFileAccess: true, disableUrlAccess: true },
    { from },
  )
  return {
    available: true,
    async send({ to, subject, text, id }) {
      await transport.sendMail({
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@${serverName}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
  }
}
