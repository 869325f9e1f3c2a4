package report

// HTMLStyle is the look of the page. Colours have the contrast that readers
// need, in the light and in the dark, and none of them says anything alone.
const HTMLStyle = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --soft: #59636e; --rule: #d1d9e0; --wash: #f2f5f8; --link: #0550ae; --line: #0a3d91; --band: #dbe7f6; --red: #a51818; --amber: #996100; --green: #1b7e37; }
* { box-sizing: border-box; }
html { font: 15px/1.45 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Liberation Sans", sans-serif; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0; overflow-wrap: anywhere; }
main { max-width: 74rem; margin: 0 auto; padding: 1.2rem 1.4rem 3rem; }
a { color: var(--link); text-underline-offset: .15em; text-decoration-thickness: .06em; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--paper); padding: .4rem .8rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.3rem; margin: 2rem 0 .6rem; padding-top: .5rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.12rem; margin: 1.3rem 0 .5rem; }
h4, h5, h6 { font-size: 1rem; margin: 1rem 0 .3rem; }
p, ul, ol { margin: .35rem 0; }
ul, ol { padding-left: 1.2rem; }
li > p { margin: 0; }
header > p, .legend, .nothing { color: var(--soft); }
.legend { font-size: .87rem; }
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: .92em; }
pre { white-space: pre-wrap; background: var(--wash); padding: .5rem .7rem; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--rule); color: var(--soft); }
hr { border: 0; border-top: 1px solid var(--rule); }
input[type=checkbox] { margin: 0 .2rem 0 0; }
li:has(> input[type=checkbox]) { list-style: none; margin-left: -1.2rem; }
.status { font-weight: 700; white-space: nowrap; }
.status.red { color: var(--red); }
.status.amber { color: var(--amber); }
.status.green { color: var(--green); }
.note { margin: .6rem 0; padding: .1rem .9rem; border-left: 4px solid var(--line); background: var(--wash); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .55rem; border-bottom: 1px solid var(--rule); font-weight: 400; }
thead th { color: var(--soft); font-size: .87rem; overflow-wrap: normal; }
th:first-child, td:first-child { padding-left: 0; }
.right { text-align: right; }
.center { text-align: center; }
table.glance, table.weeks, table.facts { width: 100%; }
table.weeks, table.facts { font-size: .87rem; }
table.weeks td { overflow-wrap: normal; }
table.weeks th:first-child { min-width: 6.5rem; }
.glance th:nth-child(1) { width: 7.8rem; }
.glance th:nth-child(3) { width: 6.8rem; }
.glance th:nth-child(4) { width: 19.5rem; }
.glance th:nth-child(5) { width: 6.8rem; }
.glance th:nth-child(6) { width: 4.6rem; }
.glance th:nth-child(7) { width: 4.4rem; }
table.glance td { overflow-wrap: normal; }
table.facts th:first-child, table.facts td:last-child { min-width: 7rem; }
table.facts td { overflow-wrap: break-word; }
.lines { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2.6rem; align-items: start; }
.line { border-top: 1px solid var(--rule); padding: .1rem 0 .8rem; min-width: 0; font-size: .93rem; }
.line h3, .line h4 { margin: .55rem 0 .25rem; font-size: 1.08rem; }
.wide { grid-column: 1 / -1; }
.wide .said { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 2.6rem; }
.line:has(details[open] table.facts) { grid-column: 1 / -1; }
.wide table.weeks { max-width: 34rem; }
figure { margin: .5rem 0 .2rem; }
svg { display: block; width: 100%; max-width: 34rem; height: auto; }
svg text { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .usual { fill: var(--band); }
svg path { fill: none; }
svg .floor { stroke: var(--soft); }
svg .cut { stroke: var(--rule); stroke-dasharray: 1 3; }
svg .mark { stroke-dasharray: 5 3; stroke: var(--soft); }
svg path.red { stroke: var(--red); }
svg path.green { stroke: var(--green); }
svg text.red { fill: var(--red); }
svg text.green { fill: var(--green); }
svg .scope { stroke: var(--soft); }
svg .line { stroke: var(--line); stroke-width: 2; }
svg .thin { stroke-width: 1; stroke-dasharray: 2 2; }
svg .point { fill: var(--line); stroke: var(--line); stroke-width: 1.5; }
svg .about { fill: var(--paper); }
svg .now { font-weight: 700; fill: var(--ink); }
svg .then { fill: var(--ink); }
svg .week { font-size: 10px; }
svg.spark { width: 5.8rem; max-width: none; height: auto; }
svg.spark .line { stroke-width: 1.5; }
svg.spark circle { r: 1.5px; }
svg.past .line { stroke-width: 1.5; }
svg.past circle { r: 1.2px; }
svg .unknown { font-style: italic; }
summary { cursor: pointer; padding: .12rem 0; min-height: 24px; }
summary h2 { display: inline; border: 0; padding: 0; }
.free { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 0 2.6rem; }
@media (max-width: 60rem) {
  .lines, .wide .said { grid-template-columns: minmax(0, 1fr); }
}
@media screen and (max-width: 44rem) {
  main { padding: .8rem .9rem 2rem; }
  table.glance, table.weeks, table.facts, .glance tbody, .weeks tbody, .weeks thead, .facts tbody { display: block; }
  .glance thead, .facts thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .weeks tr { display: flex; flex-wrap: wrap; border-bottom: 1px solid var(--rule); }
  .weeks th, .weeks td { border: 0; padding: .15rem .1rem; flex: 1 1 0; text-align: right; }
  .weeks th:first-child { flex: 0 0 100%; color: var(--soft); padding-bottom: 0; text-align: left; }
  .glance tr { display: grid; grid-template-columns: 7.2rem 1fr auto; border-bottom: 1px solid var(--rule); padding: .25rem 0; }
  .glance th, .glance td { border: 0; padding: .05rem .3rem .05rem 0; font-size: .93rem; }
  .glance td:nth-child(4) { grid-column: 1 / 3; grid-row: 2; color: var(--soft); font-size: .87rem; }
  .glance td:nth-child(5) { grid-column: 3; grid-row: 2; text-align: right; }
  .glance td:nth-child(6), .glance td:nth-child(7) { grid-row: 3; font-size: .87rem; color: var(--soft); }
  .glance td:nth-child(6):not(:empty)::before { content: "since "; }
  .glance td:nth-child(7):not(:empty)::before { content: "change "; }
  .glance td:nth-child(4):empty, .glance td:nth-child(6):empty, .glance td:nth-child(7):empty { display: none; }
  .facts tr { display: block; padding: .35rem 0; border-bottom: 1px solid var(--rule); }
  .facts th, .facts td { display: block; border: 0; padding: 0; text-align: left; }
  .facts td::before { content: attr(data-label) ": "; color: var(--soft); }
}
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9ba5b0; --rule: #3d444d; --wash: #161c24; --link: #79b8ff; --line: #79b8ff; --band: #1b2b40; --red: #ff7a85; --amber: #e3b03b; --green: #54d469; }
}
@media print {
  @page { size: A4; margin: 8mm 10mm; }
  html { font-size: 7.6pt; line-height: 1.2; }
  main { max-width: none; padding: 0; }
  .skip { display: none; }
  a { color: inherit; text-decoration-color: var(--rule); }
  h2 { margin: .5rem 0 .15rem; padding-top: .15rem; }
  h2, h3, h4 { break-after: avoid; }
  h3 { margin: .3rem 0 .1rem; }
  p, ul, ol { margin: .12rem 0; }
  th, td { padding-top: .06rem; padding-bottom: .06rem; }
  table { margin: .2rem 0; }
  .lines { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0 5mm; }
  .line { padding-bottom: .1rem; break-inside: avoid; }
  .line h3, .line h4 { margin: .2rem 0 .05rem; }
  .wide { break-inside: auto; }
  .line:only-child, .wide + .line:last-child { grid-column: 1 / -1; }
  .wide .said, .line:only-child .said, .wide + .line:last-child .said { display: grid; grid-template-columns: 2fr 1fr; gap: 0 5mm; break-inside: avoid; }
  .wide .rest, .note { padding-top: 0; margin: .15rem 0; }
  /* On paper nothing can be opened, and what nobody wrote says nothing. */
  details:not([open]), .nothing, section:has(> details:only-child), .free section:has(.nothing):not(:has(.note)), h3:has(+ .nothing) { display: none; }
  table.facts { font-size: .84rem; }
  .weeks th, .weeks td { padding-left: .22rem; padding-right: .22rem; }
  .free { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0 7mm; }
  .free h2 { font-size: 1.12rem; border-top-width: 1px; }
  figure { margin: .1rem 0 0; }
  figure, tr, li { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
