/** As the app keeps it: until a time, in Unix milliseconds, and daily from minute to minute after midnight. */
export type QuietTime = { until?: number; daily?: { from: number; to: number } }

/** Whether notifications have to be silent at a moment, which is a time of the day where the device is. */
export function isQuiet({ until, daily }: QuietTime, now: Date): boolean {
  if (until !== undefined && now.getTime() < until) return true
  if (!daily) return false
  const minute = now.getHours() * 60 + now.getMinutes()
  const { from, to } = daily
  // A night ends on another day than it begins.
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}
