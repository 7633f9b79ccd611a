import type { Page } from 'playwright-core'
import sharp from 'sharp'

const skies = [
  ['#f7c59f', '#e98a6d', '#4a5d7e', '#2c3d57'],
  ['#cfe8f3', '#9cc9dd', '#3f7d62', '#24533f'],
  ['#f3d8e4', '#d79ab5', '#6a5a86', '#40365c'],
] as const

/** A picture that looks like a photo of hills, drawn here so that the project needs nobody's. */
export async function landscape(index: number): Promise<Buffer> {
  const [high, low, far, near] = skies[index % skies.length] ?? skies[0]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720" viewBox="0 0 960 720">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${low}"/><stop offset="1" stop-color="${high}"/></linearGradient></defs>
    <rect width="960" height="720" fill="url(#sky)"/>
    <circle cx="690" cy="250" r="62" fill="#fff6e2" opacity="0.9"/>
    <path d="M0 470 150 330l110 90 160-190 150 170 120-90 270 210v200H0z" fill="${far}" opacity="0.72"/>
    <path d="M0 560 210 450l160 90 190-130 400 190v120H0z" fill="${near}"/>
    <path d="M0 650c200-50 420-40 960-14v84H0z" fill="#1a2a22" opacity="0.55"/>
  </svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

/** A second of moving colours, recorded by the browser itself. */
export async function recordClip(page: Page): Promise<Buffer> {
  return Buffer.from((await page.evaluate(recordInPage)) as string, 'base64')
}

const recordInPage = `(async () => {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 })
  const context = canvas.getContext('2d')
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm' })
  const parts = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const stopped = new Promise((resolve) => { recorder.onstop = resolve })
  recorder.start()
  for (let frame = 0; frame < 30; frame++) {
    context.fillStyle = 'hsl(' + frame * 12 + ' 60% 60%)'
    context.fillRect(0, 0, 320, 240)
    await new Promise(requestAnimationFrame)
  }
  recorder.stop()
  await stopped
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''))
})()`
