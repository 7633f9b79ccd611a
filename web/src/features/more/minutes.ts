/** Minutes from midnight as a time field has them, such as 07:05. */
export function formatMinutes(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export function parseMinutes(time: string): number | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time) ?? []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

const morningHour = 8

/** The next eight o'clock in the morning, in Unix milliseconds. */
export function nextMorning(now: number): number {
  const morning = new Date(now)
  morning.setHours(morningHour, 0, 0, 0)
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1)
  return morning.getTime()
}
