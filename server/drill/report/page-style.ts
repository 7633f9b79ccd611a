/** The page around the pictures. */
export const pageStyle = `
:root { --ink:#17211e; --soft:#5b6964; --rule:#d9e0dd; --paper:#fff; --card:#f3f7f5; --green:#256b5a; --red:#b92b19 }
@media (prefers-color-scheme: dark) { :root { --ink:#e8efec; --soft:#9fb0aa; --rule:#2f3b37; --paper:#111816; --card:#19221f; --green:#6cc7ad; --red:#ff7a66 } }
* { box-sizing: border-box } body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 960px; margin: 0 auto; padding: 40px 20px 64px } section { margin-top: 44px } header { max-width: 760px }
h1 { font-size: clamp(1.6rem, 4.5vw, 2.4rem); line-height: 1.18; letter-spacing: -.015em; margin: 4px 0 14px; text-wrap: balance } h2 { font-size: 1.25rem; margin: 0 0 12px } h3 { font-size: 1rem }
.kicker, .note, small { color: var(--soft) } .kicker { margin: 0; font-size: .85rem } .note { font-size: .875rem; max-width: 76ch } .lead { margin: 0; max-width: 70ch } a { color: var(--green) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 10px; margin: 28px 0 0 } .figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; background: var(--card); border-radius: 10px; padding: 12px 14px }
dt { color: var(--soft); font-size: .8rem; line-height: 1.3 } dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums } .bad, .bad dd { color: var(--red) } .good { color: var(--green) }
figure { margin: 0 } figure svg { display: block; width: 100%; height: auto } .narrow { display: none }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; width: 100% } th, td { padding: 7px 10px 7px 0; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top } thead th { color: var(--soft); font-weight: 500; line-height: 1.25; vertical-align: bottom } th:first-child { text-align: left; font-weight: 600; min-width: 190px } td:last-child { white-space: nowrap; padding-right: 0; font-weight: 600 } th small { display: block; font-weight: 400; line-height: 1.35 }
pre { background: var(--card); border-radius: 10px; padding: 12px 14px; overflow-x: auto; font-size: .875rem }
@media (max-width: 560px) { .wide { display: none } .narrow { display: block } main { padding-top: 24px } }
@media print { main { max-width: none; padding: 0 } section, tr { break-inside: avoid } .scroll { overflow: visible } table { font-size: 8pt } }
`
