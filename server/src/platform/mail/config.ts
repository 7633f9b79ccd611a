import { optionalText, text, type Values } from '../config/settings.ts'

export const mailSettings = {
  smtpUrl: optionalText(
    'Mail server through which this server sends mail: smtps://user:password@mail.example.org or smtp://... Unset: it sends none; with DURE_DEV=1 it prints what it would send.',
    { secret: true },
  ),
  from: text('Sender of the mail, such as Dure <noreply@example.org>.', 'Dure <noreply@localhost>'),
}

export type MailSettings = Values<typeof mailSettings>
