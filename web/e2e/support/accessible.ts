import axe from 'axe-core'
import type { Page } from 'playwright-core'

type Finding = { id: string; impact?: string | null; nodes: { target: unknown[]; failureSummary?: string }[] }

/** Rows of a virtual list are hidden until they have been measured: what a screen is in its first frames does not count. */
const looksMost = 8

/** What axe-core finds serious or critical on the screen as it is, in a form that a failed test can print. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  let found = await look(page)
  for (let looks = 1; looks < looksMost && found.length > 0; looks++) {
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))')
    found = await look(page)
  }
  return found
}

async function look(page: Page): Promise<string[]> {
  const findings = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  )) as Finding[]
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
