/** Reads a geo URI, https://www.rfc-editor.org/rfc/rfc5870; `undefined` when it is none, or no place on Earth. */
export function parseGeo(uri: unknown): { latitude: number; longitude: number } | undefined {
  const match = typeof uri === 'string' ? /^geo:(-?[\d.]+),(-?[\d.]+)/.exec(uri) : null
  const latitude = Number(match?.[1] ?? Number.NaN)
  const longitude = Number(match?.[2] ?? Number.NaN)
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined
}
