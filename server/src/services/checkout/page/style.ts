export const style = `
:root { color-scheme: light dark; --ground: #f4f5f3; --card: #fff; --ink: #1b211d; --soft: #59635c; --line: #dfe3df; --green: #11673f; --on-green: #fff; --red: #a3261c; --amber: #fff3d6; --on-amber: #5b4300; }
@media (prefers-color-scheme: dark) { :root { --ground: #121613; --card: #1c221e; --ink: #ecf1ed; --soft: #a5b1a9; --line: #333c36; --green: #5fce98; --on-green: #06281a; --red: #ff9d92; --amber: #3a2f12; --on-amber: #ffdf94; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 26rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.25rem; margin-top: 1rem; }
h1 { font-size: 1.1rem; margin: 0; }
.amount { font-size: 2.25rem; font-weight: 700; margin: 0.25rem 0 0; font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); margin: 0.25rem 0 0; }
dl { display: grid; grid-template-columns: 1fr auto; gap: 0.35rem 1rem; margin: 1rem 0 0; border-top: 1px solid var(--line); padding-top: 0.75rem; }
dt, dd { margin: 0; } dd { text-align: right; font-variant-numeric: tabular-nums; }
label { display: block; margin-top: 0.75rem; font-weight: 600; }
input { display: block; width: 100%; font: inherit; margin-top: 0.25rem; padding: 0.7rem; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 0.6rem; }
button { font: inherit; width: 100%; margin-top: 1.1rem; padding: 0.85rem; border: 0; border-radius: 0.75rem; background: var(--green); color: var(--on-green); font-weight: 700; cursor: pointer; }
button.plain { background: none; color: var(--soft); font-weight: 400; margin-top: 0.5rem; padding: 0.5rem; text-decoration: underline; }
:is(input, button, a):focus-visible { outline: 3px solid var(--green); outline-offset: 2px; }
[role=alert] { color: var(--red); font-weight: 600; }
.test { background: var(--amber); color: var(--on-amber); border-radius: 0.6rem; padding: 0.5rem 0.8rem; margin: 0; }
a { color: var(--green); }
`
