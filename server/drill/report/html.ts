import { burnPlot, legend } from './burn-plot.ts'
import { comparisonPlot } from './comparison-plot.ts'
import { pageStyle } from './page-style.ts'
import { type Summary, summarise } from './summary.ts'
import { escaped, pictureStyle } from './svg.ts'
import { cells, headings } from './table.ts'
import type { DrillReport, ScenarioRow } from './types.ts'

const sources = [
  [
    'text messages: MBC, 25 October 2022',
    'https://imnews.imbc.com/news/2022/econo/article/6420718_35687.html',
  ],
  ['photographs and files: JTBC, 17 October 2022', 'http://news.jtbc.co.kr/html/659/NB12083659.html'],
  [
    '127 h 33 min: Ministry of Science and ICT, 6 December 2022',
    'http://ktcb.ktab.kr/home/customer/notice/2099&page=59',
  ],
] as const

/** The whole report as one file that needs nothing else: readable on a telephone, by day and night, and on paper. */
export function html(report: DrillReport): string {
  const summary = summarise(report)
  const shown = exemplary(report.scenarios)
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Dure drill of ${day(report.startedAt)}</title>
<style>${pageStyle}${pictureStyle}</style>
<main>
<header><p class="kicker">Dure drill · ${day(report.startedAt)} · seed ${report.seed}</p><h1>${headline(summary)}</h1>
<p class="lead">${escaped(lead(report, summary))}</p></header>
${figures(summary)}
${shown ? pictures(report, shown) : ''}
<section><h2>Beside 15 October 2022</h2>
<figure class="wide">${comparisonPlot(summary.outageMaxS)}</figure><figure class="narrow">${comparisonPlot(summary.outageMaxS, 380)}</figure>
<p class="note">Each mark is ten times, or six times, the one before it: on an even scale as wide as this page, a bar of ${summary.outageMaxS.toFixed(1)} s would be thinner than a hair. What is compared is how long people could not do something, not size: Kakao served 47 million people from 32,000 machines at that site, this drill ran three small sites on one machine. Sources: ${sources.map(([name, url]) => `<a href="${escaped(url)}">${escaped(name)}</a>`).join('; ')}.</p></section>
${scenarioTable(report)}
${violationList(report)}
${howToRepeat(report)}
</main></html>
`
}

/** The burnt primary with the longest outage; else the longest outage of any burn. The worst one is shown, not the best. */
export function exemplary(scenarios: readonly ScenarioRow[]): ScenarioRow | undefined {
  const burns = scenarios.filter(({ burn }) => burn)
  const primaries = burns.filter(({ scenario }) => /primary/.test(scenario))
  return (primaries.length > 0 ? primaries : burns).toSorted((a, b) => b.window.outageS - a.window.outageS)[0]
}

function headline({ burns, lost, doubled, violations, outageMaxS }: Summary): string {
  const harm =
    violations === 0 ? 'nothing was lost' : `${lost} lost, ${doubled} doubled, ${violations} promises broken`
  if (burns === 0) return `No site burnt: ${harm}.`
  return `${burns === 1 ? 'One fire' : `${burns} fires`}: ${harm}, and nobody waited longer than ${outageMaxS.toFixed(1)} seconds.`
}

function lead({ sites, load, network, quick }: DrillReport, { passed }: Summary): string {
  return `${load.people} people wrote about ${load.sendsPerSecond} messages a second through ${sites.join(', ')}, shared files and logged in and out, while whole sites were killed, cut off, slowed down and upgraded. ${network}. Then every client’s own history was compared with what every site tells. ${passed ? 'All aims were met' : 'Not all aims were met'}${quick ? ' in this quick drill' : ''}.`
}

function figures(summary: Summary): string {
  const items: [string, string, boolean][] = [
    [String(summary.burns), 'sites burnt', true],
    [String(summary.lost), 'messages lost', summary.lost === 0],
    [String(summary.doubled), 'messages doubled', summary.doubled === 0],
    [`${summary.outageP99S.toFixed(1)} s`, 'outage, 99 of 100 clients', true],
    [`${summary.outageMaxS.toFixed(1)} s`, 'outage, slowest client', true],
    [String(summary.failedAfterRetry), 'sends given up', summary.failedAfterRetry === 0],
    [String(summary.operatorActions), 'operator actions', summary.operatorActions === 0],
  ]
  return `<dl class="figures">${items
    .map(([value, name, good]) => `<div${good ? '' : ' class="bad"'}><dt>${name}</dt><dd>${value}</dd></div>`)
    .join('')}</dl>`
}

function pictures({ series }: DrillReport, row: ScenarioRow): string {
  return `<section><h2>One fire, second by second</h2>
<figure class="wide">${burnPlot(series, row)}</figure><figure class="narrow">${burnPlot(series, row, { width: 380 })}</figure>
<p class="note">${legend(row)} This is the burn with the longest outage in this drill: everything at the site was killed and its network cut in the same instant.</p></section>`
}

function scenarioTable({ scenarios, skipped }: DrillReport): string {
  const rows = scenarios.map((row) => {
    const values = cells(row)
    const verdict = values.pop() ?? ''
    const aims = row.aims.map(({ text, met }) => `${met ? '✓' : '✗'} ${text}`).join('; ')
    const notes = [aims, ...row.notes].filter(Boolean).join('. ')
    return `<tr><th scope="row">${values.map(escaped).slice(0, 1)}<small>${escaped(notes)}</small></th>${values
      .slice(1)
      .map((value) => `<td>${escaped(value)}</td>`)
      .join('')}<td class="${verdict === 'ok' ? 'good' : 'bad'}">${escaped(verdict)}</td></tr>`
  })
  const left = skipped.map(({ scenario, reason }) => `<li>${escaped(`${scenario}: ${reason}`)}</li>`).join('')
  return `<section><h2>Every scenario</h2><div class="scroll" tabindex="0"><table><thead><tr>${headings
    .map((heading) => `<th scope="col">${heading}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p class="note">“Nobody sent”: the longest time in which somebody wanted to send and no message of anybody came through. “Client”: the same for each client by itself. “Errors”: requests that a site took and did not answer as wanted; the clients repeated them.</p>${left ? `<h3>Left out</h3><ul>${left}</ul>` : ''}</section>`
}

const violationsMax = 50

function violationList({ scenarios }: DrillReport): string {
  const all = scenarios.flatMap(({ title, violations }) =>
    violations.map((violation) => ({ title, ...violation })),
  )
  if (all.length === 0) return ''
  const items = all.slice(0, violationsMax).map(({ title, what, who, site, roomId, eventId, detail, at }) => {
    const about = [title, new Date(at).toISOString(), who, site, roomId, eventId].filter(Boolean).join(', ')
    return `<li><strong>${what}</strong>: ${escaped(detail)} <small>${escaped(about)}</small></li>`
  })
  return `<section><h2>Broken promises</h2><ul>${items.join('')}</ul>${all.length > violationsMax ? `<p>${all.length - violationsMax} more stand in the JSON report.</p>` : ''}</section>`
}

function howToRepeat({ command, versions, machine, startedAt, finishedAt }: DrillReport): string {
  const list = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  return `<section><h2>Do it again</h2><pre>${escaped(command)}</pre><p class="note">${escaped(
    `${list}. ${machine.cpus} × ${machine.processor}, ${machine.memoryGiB.toFixed(0)} GiB. ${Math.round((finishedAt - startedAt) / 60_000)} minutes. The seed decides the order of the scenarios and what people do; what a machine is slow at, it does not.`,
  )}</p></section>`
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
