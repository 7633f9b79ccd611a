/** A browser's own reader of codes, which not all have. https://wicg.github.io/shape-detection-api/#barcode-detection-api */
type Detector = { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> }
type DetectorClass = {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

/** More pixels make it slower and no better. */
const sideMax = 1280

let choosing: Promise<Detector | undefined> | undefined

/** The text of a QR code in a picture or a camera's present image; undefined when there is none that can be read. */
export async function readCodeIn(
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<string | undefined> {
  choosing ??= ownDetector()
  const detector = await choosing
  if (detector) return (await detector.detect(source).catch(() => []))[0]?.rawValue
  const { decodeQR } = await import('qr/decode.js')
  const scale = Math.min(1, sideMax / Math.max(width, height))
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  const canvas = new OffscreenCanvas(w, h)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return undefined
  context.drawImage(source, 0, 0, w, h)
  try {
    return decodeQR({ width: w, height: h, data: context.getImageData(0, 0, w, h).data })
  } catch {
    return undefined
  }
}

async function ownDetector(): Promise<Detector | undefined> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const formats: readonly string[] = (await own?.getSupportedFormats().catch(() => [])) ?? []
  return own && formats.includes('qr_code') ? new own({ formats: ['qr_code'] }) : undefined
}
