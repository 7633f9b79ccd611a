import axe from 'axe-core'
import type { Page } from 'playwright-core'

type Finding = { id: string; impact?: string | null; nodes: { target: unknown[]; failureSummary?: string }[] }

/** What axe-core finds serious or critical on the screen as it is, in a form that a failed test can print. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  // Rows of a virtual list are hidden until they have been measured.
  await page.locator('[style*="visibility: hidden"] button').first().waitFor({ state: 'detached' })
  const findings = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  )) as Finding[]
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}
