import encodeQR from 'qr'
import sharp from 'sharp'

/** Four modules of white around it: ISO/IEC 18004, section 9.1. A sign gets scratched, so a quarter of it may be missing. */
const look = { border: 4, ecc: 'quartile' } as const
const pixelsPerModule = 12

/** The image of a code, black on white whatever lies behind it, to be printed at any size. */
export function svgOf(payload: string): string {
  const rows = encodeQR(payload, 'raw', look)
  const side = rows.length
  const black = rows.flatMap((row, y) => row.flatMap((isBlack, x) => (isBlack ? [`M${x} ${y}h1v1h-1z`] : [])))
  const pixels = side * pixelsPerModule
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${black.join('')}"/></svg>`
}

/** The same for programs that do not draw. */
export async function pngOf(payload: string): Promise<Buffer> {
  const rows = encodeQR(payload, 'raw', look)
  const side = rows.length
  const pixels = Uint8Array.from(rows.flat(), (isBlack) => (isBlack ? 0 : 255))
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .resize(side * pixelsPerModule, side * pixelsPerModule, { kernel: 'nearest' })
    .png({ palette: true })
    .toBuffer()
}
