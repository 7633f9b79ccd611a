/** What an address is confirmed for. */
export type EmailPurpose = 'register' | 'password' | 'add'

export type MailText = { subject: string; text: string }

const asks: Record<EmailPurpose, string> = {
  register: 'Somebody, probably you, wants to register an account with this e-mail address',
  password: 'Somebody, probably you, wants to set a new password for the account with this e-mail address',
  add: 'Somebody, probably you, wants to add this e-mail address to their account',
}

export function validationMail(serverName: string, purpose: EmailPurpose, link: string): MailText {
  return {
    subject: `Confirm your e-mail address for ${serverName}`,
    text: `${asks[purpose]} on ${serverName}.

To confirm that it is you, open this link within a day:

${link}

If it was not you, do nothing.
`,
  }
}

export function inUseMail(serverName: string): MailText {
  return {
    subject: `Your e-mail address and ${serverName}`,
    text: `Somebody, probably you, wanted to use this e-mail address on ${serverName}, where an account has it already.

If you have forgotten your password, ask your app to reset it. If it was not you, do nothing.
`,
  }
}

export function noAccountMail(serverName: string): MailText {
  return {
    subject: `Your e-mail address and ${serverName}`,
    text: `Somebody, probably you, wanted to set a new password on ${serverName}, where no account has this e-mail address.

If it was not you, do nothing.
`,
  }
}
