type Holder = {
  /** This tab has the device now. */
  begin(): Promise<void>
  /** Another tab took it over. */
  end(): void
}

/**
 * One tab at a time runs the client of a device: two would send under the same keys and spoil each other's encryption.
 * The newest tab takes over, as a person expects who opened it. Returns what lets go.
 */
export function holdDevice(deviceId: string, holder: Holder): () => void {
  let letGo = () => {}
  let left = false
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  navigator.locks
    .request(`dure-device-${deviceId}`, { steal: true }, async () => {
      if (left) return
      await holder.begin()
      await held
    })
    .catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') {
        if (!left) holder.end()
        return
      }
      throw error
    })
  return () => {
    left = true
    letGo()
  }
}
