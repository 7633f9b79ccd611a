import type { Language, Text } from './text.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The time of day, such as 14:05 or 오후 2:05. */
export function formatClock(at: number, language: Language): string {
  return format(at, language, { hour: 'numeric', minute: '2-digit' })
}

/** A day as a heading: today, yesterday, or its date. */
export function formatDay(at: number, now: number, language: Language, text: Text): string {
  const days = daysBetween(at, now)
  if (days === 0) return text('general.today')
  if (days === 1) return text('general.yesterday')
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return format(at, language, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(!thisYear && { year: 'numeric' }),
  })
}

/** As short as a list has room for: the time today, else the day. */
export function formatShort(at: number, now: number, language: Language, text: Text): string {
  const days = daysBetween(at, now)
  if (days === 0) return formatClock(at, language)
  if (days === 1) return text('general.yesterday')
  if (days > 1 && days < 7) return format(at, language, { weekday: 'short' })
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return format(at, language, {
    month: 'numeric',
    day: 'numeric',
    ...(!thisYear && { year: '2-digit' }),
  })
}

export function formatFull(at: number, language: Language): string {
  return format(at, language, { dateStyle: 'full', timeStyle: 'short' })
}

export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString()
}

/** Calendar days, which a summer-time change makes 23 or 25 hours long. */
function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000)
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

function format(at: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`
  const made = formats.get(key) ?? new Intl.DateTimeFormat(language, options)
  formats.set(key, made)
  return made.format(at)
}
