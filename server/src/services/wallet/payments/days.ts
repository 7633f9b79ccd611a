/** Gives the date of a moment, as 2026-11-23, in a time zone. Its first seven characters are the month. */
export function createCalendar(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  return (atMs) => format.format(atMs)
}
