import encodeQR from 'qr'
import { useMemo } from 'react'
import styles from './qr-code.module.css'

/** Four modules of white around it: ISO/IEC 18004, section 9.1. */
const border = 4

/** Always black on white, whatever the theme: tills read nothing else for sure. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => draw(text), [text])
  return (
    <svg
      className={styles['code']}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

/** One stroke for each run of black modules in a row. */
function draw(text: string): { size: number; path: string } {
  const rows = encodeQR(text, 'raw', { border, ecc: 'medium' })
  const strokes = rows.flatMap((row, y) =>
    row.flatMap((black, x) => {
      if (!black || row[x - 1]) return []
      const end = row.indexOf(false, x)
      const length = (end < 0 ? row.length : end) - x
      return [`M${x} ${y}h${length}v1h-${length}z`]
    }),
  )
  return { size: rows.length, path: strokes.join('') }
}
