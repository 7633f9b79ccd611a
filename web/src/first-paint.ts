/** A page that is not seen paints nothing. */
const patienceMs = 100

/** Resolves when what was drawn last is on the screen. */
export function firstPaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs)
    requestAnimationFrame(() => setTimeout(resolve))
  })
}
