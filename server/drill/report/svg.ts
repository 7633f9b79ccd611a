/** Small functions that write SVG and HTML; text is always escaped. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

export function text(
  x: number,
  y: number,
  content: string,
  kind = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text class="${kind}" x="${at(x)}" y="${at(y)}" text-anchor="${anchor}">${escaped(content)}</text>`
}

/** A name, and beside it what is shown. */
export function heading(x: number, y: number, name: string, what: string): string {
  return `<text x="${at(x)}" y="${at(y)}"><tspan class="title">${escaped(name)}</tspan><tspan class="soft" dx="8">${escaped(what)}</tspan></text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"/>`
}

export function box(x: number, y: number, width: number, height: number, kind: string): string {
  return `<rect class="${kind}" x="${at(x)}" y="${at(y)}" width="${at(Math.max(0, width))}" height="${at(Math.max(0, height))}"/>`
}

/** The area under steps, one a value. */
export function steps(
  values: readonly number[],
  x: (index: number) => number,
  y: (value: number) => number,
  kind: string,
): string {
  const path = values
    .map((value, i) => `L${at(x(i))} ${at(y(value))}L${at(x(i + 1))} ${at(y(value))}`)
    .join('')
  return `<path class="${kind}" d="M${at(x(0))} ${at(y(0))}${path}L${at(x(values.length))} ${at(y(0))}Z"/>`
}

/** Colours for both lights; the same sheet serves pictures that stand alone. */
export const pictureStyle = `
.plot { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; --ink:#17211e; --soft:#5b6964; --rule:#d9e0dd; --green:#2f7f6b; --lane:#b9d9cf; --red:#c8321f; --shade:#f6d9d2; --paper:#fff }
@media (prefers-color-scheme: dark) { .plot { --ink:#e8efec; --soft:#9fb0aa; --rule:#2f3b37; --green:#6cc7ad; --lane:#2c5b4f; --red:#ff7a66; --shade:#47241e; --paper:#111816 } }
.plot text { fill: var(--ink); font-size: 13px } .plot text.soft, .plot tspan.soft { fill: var(--soft); font-size: 12px } .plot .title { font-weight: 650; font-size: 15px }
.plot text.fire { fill: var(--red); font-weight: 650 } .plot text.out { fill: var(--red); font-weight: 700; font-size: 15px }
.plot line.rule { stroke: var(--rule) } .plot line.fire { stroke: var(--red); stroke-width: 1.5 } .plot line.back { stroke: var(--soft); stroke-dasharray: 3 4 }
.plot rect.shade { fill: var(--shade) } .plot rect.paper { fill: var(--paper) } .plot path.lane { fill: var(--lane) } .plot path.sends { fill: var(--green) } .plot path.errors { fill: var(--red) }
.plot rect.ours { fill: var(--green) } .plot rect.theirs { fill: var(--soft) }`

function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}
