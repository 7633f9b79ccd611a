import { useSyncExternalStore } from 'react'
import { en, type MessageKey } from './en.ts'
import { formatMessage, type Translated, type Values } from './messages.ts'

export type Language = 'en' | 'ko' | 'id' | 'vi'
/** Gives a text in the person's language. */
export type Text = (key: MessageKey, values?: Values) => string

/** The languages by their own names. */
export const languages: readonly { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'ko', name: '한국어' },
  { code: 'id', name: 'Bahasa Indonesia' },
  { code: 'vi', name: 'Tiếng Việt' },
]

type Spoken = { language: Language; text: Text }

const storageKey = 'dure-language'
const changed = new Set<() => void>()
let spoken: Spoken = speak('en', en)

/** The language that was chosen here, else the first one of the browser's that we speak. */
export function preferredLanguage(chosen: string | null, offered: readonly string[]): Language {
  const wanted = [chosen, ...offered].map((tag) => tag?.toLowerCase().split('-', 1)[0])
  const known = languages.map(({ code }) => code)
  return wanted.flatMap((code) => known.filter((other) => other === code))[0] ?? 'en'
}

/** Loads the person's language; to be called once, before anything is drawn. */
export async function startText(): Promise<void> {
  await use(preferredLanguage(localStorage.getItem(storageKey), navigator.languages))
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language)
  await use(language)
}

export function useText(): Text {
  return useSpoken().text
}

export function useLanguage(): Language {
  return useSpoken().language
}

function useSpoken(): Spoken {
  return useSyncExternalStore(
    (listener) => {
      changed.add(listener)
      return () => changed.delete(listener)
    },
    () => spoken,
  )
}

async function use(language: Language): Promise<void> {
  const messages = await load(language)
  spoken = speak(language, messages)
  document.documentElement.lang = language
  for (const listener of changed) listener()
}

function speak(language: Language, messages: Translated<typeof en>): Spoken {
  return { language, text: (key, values) => formatMessage(messages[key], language, values) }
}

async function load(language: Language): Promise<Translated<typeof en>> {
  switch (language) {
    case 'en':
      return en
    case 'ko':
      return (await import('./ko.ts')).ko
    case 'id':
      return (await import('./id.ts')).id
    case 'vi':
      return (await import('./vi.ts')).vi
  }
}
