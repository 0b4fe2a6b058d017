// The page: language, case files, printing.
"use strict";

const CASES = 20;
let most = CASES;
const PRINTED = 1000;

/** Return for each subject its findings, those with most and gravest violations first. */
function cases() {
  const found = new Map();
  for (const one of findings) {
    if (one[CASE] === null) continue;
    if (!found.has(one[CASE])) found.set(one[CASE], {one, counts: {4: 0, 5: 0, 6: 0, 7: 0}, worst: data.severities.length});
    const about = found.get(one[CASE]);
    about.counts[one[OUTCOME]] += 1;
    if (one[OUTCOME] === 4) about.worst = Math.min(about.worst, rank[rule(one).severity]);
  }
  return [...found.values()].sort((a, b) => a.worst - b.worst || b.counts[4] - a.counts[4] || a.one[CASE] - b.one[CASE]);
}

function drawCases() {
  const wanted = document.getElementById("subject-search").value.toLowerCase();
  const all = cases().filter((one) => subject(one.one).textContent.toLowerCase().includes(wanted));
  const head = make("tr", {}, make("th", {scope: "col"}, say("subject")), make("th", {scope: "col"}, say("severity")),
    ...[4, 5, 6].map((code) => make("th", {scope: "col", className: "number"}, say(OUTCOMES[code]))));
  const lines = all.slice(0, most).map((one) => make("tr", {},
    make("td", {}, caseLink(one.one)), make("td", {}, one.worst < data.severities.length ? tag(data.severities[one.worst]) : ""),
    ...[4, 5, 6].map((code) => make("td", {className: "number"}, number(one.counts[code])))));
  const rest = all.length > most ? make("button", {type: "button", className: "plain", id: "more-cases"}, say("show-more", {count: number(all.length - most)})) : "";
  if (rest) rest.addEventListener("click", () => { most += 10 * CASES; drawCases(); });
  const table_ = make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines));
  const home = document.getElementById("subject-list");
  home.replaceChildren(all.length ? make("div", {className: "scroll"}, table_) : make("p", {className: "quiet"}, say("none")), rest);
}

/** Show the page of the case that the address names, or the report. */
function route() {
  const [, wanted] = location.hash.match(/^#case\/(\d+)$/) || [];
  const home = document.getElementById("case");
  document.body.classList.toggle("on-case", wanted !== undefined);
  if (wanted === undefined) return;
  const own = findings.filter((one) => one[CASE] === Number(wanted)).sort((a, b) => a[OUTCOME] - b[OUTCOME] || ((a[AT] ?? "") < (b[AT] ?? "") ? -1 : 1));
  const counts = Object.entries(OUTCOMES).map(([code, outcome]) => [say(outcome), own.filter((one) => String(one[OUTCOME]) === code).length]);
  const print_ = make("button", {type: "button", className: "screen plain"}, say("print"));
  print_.addEventListener("click", () => window.print());
  home.replaceChildren(
    make("p", {className: "screen"}, make("a", {href: "#subjects"}, `← ${say("back")}`)),
    make("h2", {id: "case-title"}, `${say("case")}: `, own.length ? subject(own[0]) : wanted),
    make("p", {}, counts.filter(([, count]) => count).map(([outcome, count]) => `${outcome} ${count}`).join(" · ")), print_,
    ...own.map(detail));
  scrollTo(0, 0);
  home.focus({preventScroll: true});
}

function drawAll() {
  drawFilters();
  drawTable();
  drawCharts(pick);
  drawCases();
  route();
}

function switchLanguage() {
  const next = language() === "zh" ? "en" : "zh";
  document.documentElement.dataset.lang = next;
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  const button = document.getElementById("language");
  button.textContent = next === "zh" ? "English" : "中文";
  button.lang = next === "zh" ? "en" : "zh-CN";
  drawAll();
}

let before = null;
addEventListener("beforeprint", () => {
  before = table.page.len();
  table.page.len(PRINTED).draw();
  if (matching.length > PRINTED) document.getElementById("count").textContent += ` ${say("printed", {count: number(PRINTED)})}`;
  for (const one of charts) one.getDom().querySelector("svg").setAttribute("viewBox", `0 0 ${one.getWidth()} ${one.getHeight()}`);
});
addEventListener("afterprint", () => table.page.len(before).draw());
addEventListener("hashchange", route);
document.getElementById("language").addEventListener("click", switchLanguage);
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("subject-search").addEventListener("input", drawCases);

(async () => {
  const count = document.getElementById("count");
  count.textContent = say("loading");
  if (typeof DecompressionStream === "undefined") {
    count.textContent = say("old");
    return;
  }
  await unpack();
  drawAll();
  document.body.dataset.ready = "yes";
})();
