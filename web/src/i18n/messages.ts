/** A text, or its forms by the number in `{count}` where the language tells them apart. */
export type Message = string | { readonly one?: string; readonly other: string }
export type Messages = Readonly<Record<string, Message>>

/** The same messages in another language. */
export type Translated<Original extends Messages> = { readonly [Key in keyof Original]: Message }

export type Values = Readonly<Record<string, string | number>>

/** Fills the placeholders of a message. A placeholder without a value stays visible: a test finds it, and so do people. */
export function formatMessage(message: Message, language: string, values: Values = {}): string {
  return pickForm(message, language, values['count']).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return typeof value === 'number' ? value.toLocaleString(language) : (value ?? whole)
  })
}

/** The names of the placeholders in any form of a message. */
export function placeholdersOf(message: Message): Set<string> {
  const forms = typeof message === 'string' ? [message] : Object.values(message)
  return new Set(forms.flatMap((form) => [...form.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)))
}

function pickForm(message: Message, language: string, count: string | number | undefined): string {
  if (typeof message === 'string') return message
  const form = typeof count === 'number' ? new Intl.PluralRules(language).select(count) : 'other'
  return (form === 'one' ? message.one : undefined) ?? message.other
}
