// The table of findings: filtered and sorted here, drawn page by page by DataTables.
"use strict";

const EMPTY = {outcome: "4", severity: "", rule: "", department: null, month: null, since: "", search: ""};
const state = {...EMPTY};
const rank = Object.fromEntries(data.severities.map((severity, index) => [severity, index]));
let table = null;
let matching = [];

/** The columns: their name, what they are sorted by, and what they show. */
const COLUMNS = [
  {name: "title", value: (one) => shown(rule(one).title), cell: titleCell},
  {name: "severity", value: (one) => rank[rule(one).severity], cell: (one) => tag(rule(one).severity)},
  {name: "key", value: (one) => one[KEY], cell: (one) => text(one[KEY])},
  {name: "subject", value: (one) => one[SUBJECT], cell: caseLink},
  {name: "department", value: (one) => one[DEPARTMENT], cell: (one) => text(department(one[DEPARTMENT]))},
  {name: "date", value: (one) => one[AT], cell: (one) => text(one[AT])},
  {name: "due", value: (one) => one[DUE], cell: (one) => text(one[DUE])},
  {name: "overdue", value: (one) => one[OVERDUE], cell: (one) => text(lateness(one[OVERDUE]))},
];

function titleCell(finding) {
  const opener = make("button", {type: "button", className: "opener", "-aria-expanded": "false"}, shown(rule(finding).title));
  const note = data.baseline && finding[OUTCOME] === 4 && !finding[KNOWN] ? make("span", {className: "tag info"}, say("new")) : "";
  return make("div", {}, opener, " ", note, text(message(finding), "message"));
}

function caseLink(finding) {
  return finding[CASE] === null ? "" : make("a", {href: `#case/${finding[CASE]}`}, subject(finding));
}

/** Return the findings that the filters let through. */
function filtered() {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const about = data.rules.map((one) => [one.id, one.clause, one.title.en, one.title.zh].join(" ").toLowerCase());
  const wanted = {outcome: Number(state.outcome), rule: Number(state.rule)};
  return findings.filter((one) => {
    if (one[OUTCOME] !== wanted.outcome) return false;
    if (state.rule !== "" && one[RULE] !== wanted.rule) return false;
    if (state.severity && rule(one).severity !== state.severity) return false;
    if (state.department !== null && (one[DEPARTMENT] ?? "") !== state.department) return false;
    if (state.month !== null && (one[AT] ?? "").slice(0, 7) !== state.month) return false;
    if (state.since && Boolean(one[KNOWN]) !== (state.since === "known")) return false;
    if (!words.length) return true;
    const own = [one[KEY], one[SUBJECT], one[DEPARTMENT], department(one[DEPARTMENT]), one[EN], one[ZH], one[FILE], one[FINGERPRINT]].join(" ").toLowerCase();
    return words.every((word) => own.includes(word) || about[one[RULE]].includes(word));
  });
}

function sortedBy(list, column, direction) {
  const sign = direction === "desc" ? -1 : 1;
  const keyed = list.map((one, index) => [COLUMNS[column].value(one), index, one]);
  keyed.sort(([a, i], [b, j]) => {
    if (a === b) return i - j;
    if (a === null) return 1; // what is empty comes last either way
    if (b === null) return -1;
    return a < b ? -sign : sign;
  });
  return keyed.map((one) => one[2]);
}

/** Give DataTables one page of findings. */
function page(request, callback) {
  matching = filtered();
  if (request.order.length) matching = sortedBy(matching, request.order[0].column, request.order[0].dir);
  const end = request.length < 0 ? matching.length : request.start + request.length;
  callback({draw: request.draw, recordsTotal: findings.length, recordsFiltered: matching.length, data: matching.slice(request.start, end)});
  document.getElementById("count").textContent = say("matching", {shown: number(matching.length), all: number(findings.length)});
}

/** Draw the table anew, in the language shown. */
function drawTable() {
  const order = table ? table.order() : [];
  if (table) table.destroy();
  const head = make("tr", {}, ...COLUMNS.map((column) => make("th", {scope: "col"}, say(column.name))));
  document.getElementById("table").replaceChildren(make("thead", {}, head));
  table = new DataTable("#table", {
    serverSide: true, ajax: page, searching: false, autoWidth: false, pageLength: 25, lengthMenu: [25, 50, 100, 500], order,
    columns: COLUMNS.map(() => ({data: null, render: () => "", defaultContent: ""})),
    layout: {topStart: null, topEnd: null, bottomStart: "pageLength", bottomEnd: "paging"},
    language: {
      lengthMenu: `_MENU_ ${say("perPage")}`, zeroRecords: say("nothing"), emptyTable: say("nothing"), processing: "",
      aria: {paginate: {first: say("first"), previous: say("previous"), next: say("next"), last: say("last")}, orderable: "", orderableReverse: "", orderableRemove: ""},
    },
    createdRow: (row, finding) => fill(row, finding),
  });
  table.on("click", "tbody td", (event) => {
    const row = event.target.closest("tr");
    if (!event.target.closest("a") && !event.target.closest(".detail")) toggle(row);
  });
}

function fill(row, finding) {
  row.className = rule(finding).severity;
  COLUMNS.forEach((column, index) => {
    const cell = row.cells[index];
    const content = column.cell(finding);
    cell.dataset.label = say(column.name);
    cell.className = index ? column.name : "lead";
    if (content === "" || content.textContent === "") cell.classList.add("none");
    cell.replaceChildren(content);
  });
}

/** Open or close a finding. */
function toggle(row) {
  const line = table.row(row);
  if (!line.data()) return;
  const open = line.child.isShown();
  if (open) line.child.hide();
  else line.child(detail(line.data())).show();
  row.querySelector(".opener").setAttribute("aria-expanded", String(!open));
}

/** Return all there is to say of a finding. */
function detail(finding) {
  const about = rule(finding);
  const facts = [
    ["rule", make("span", {className: "mono"}, about.id)], ["record", shown(about.record)], ["key", text(finding[KEY])],
    ["subject", caseLink(finding)], ["department", department(finding[DEPARTMENT])], ["date", text(finding[AT])],
    ["due", text(finding[DUE])], ["overdue", lateness(finding[OVERDUE])], ["place", text(place(finding))],
    ["fingerprint", make("span", {className: "mono"}, finding[FINGERPRINT])],
  ];
  const evidence = about.evidence.map((one, index) => {
    const value = finding[EVIDENCE][index];
    const meant = language() === "zh" && value !== null ? one.codes[value] || value : value;
    return pair(shown(one), value === null ? make("i", {className: "quiet"}, say("empty")) : text(meant));
  });
  const waiver = finding[WAIVER] === null ? null : data.waivers[finding[WAIVER]];
  return make("div", {className: `detail ${about.severity}`},
    make("p", {}, make("b", {}, shown(about.title)), " ", tag(about.severity), " ", tag(OUTCOMES[finding[OUTCOME]])),
    make("p", {}, text(message(finding))),
    make("p", {}, make("b", {}, `${say("clause")} ${about.clause}: `), shown(about.says)),
    about.reading ? make("p", {className: "quiet"}, `${say("reading")}: ${shown(about.reading)}`) : "",
    about.defaults.length ? make("p", {className: "quiet"}, `${say("default")}: ${about.defaults.join(", ")}`) : "",
    waiver ? make("p", {}, make("b", {}, `${say("waiver")}: `), text(`${waiver.reason} (${waiver.approver}, ${say("until")} ${waiver.until})`)) : "",
    finding[REMARK] === null ? "" : make("p", {}, make("b", {}, `${say("confirmed")}: `), text(finding[REMARK])),
    make("h3", {}, say("evidence")), make("dl", {}, ...evidence),
    make("dl", {}, ...facts.filter(([, value]) => value !== "" && value.textContent !== "").map(([name, value]) => pair(say(name), value))));
}

function pair(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}

/** Show the findings that some filters let through. */
function pick(filters) {
  Object.assign(state, EMPTY, filters);
  drawFilters();
  table.ajax.reload();
  document.getElementById("findings").scrollIntoView();
}

/** Draw the filters, with the choices that occur. */
function drawFilters() {
  const home = document.getElementById("filters");
  const choice = (name, options, chosen, take) => {
    const select = make("select", {id: `filter-${name}`}, ...options.map(([value, label]) => make("option", {value}, label)));
    select.value = chosen;
    select.addEventListener("change", () => { take(select.value); table.ajax.reload(); });
    return make("label", {}, say(name), select);
  };
  const any = ["*", say("all")];
  const given = (index) => [...new Set(data.tally.map((one) => one[index] ?? ""))].sort();
  const outcomes = Object.keys(OUTCOMES).filter((code) => data.tally.some((one) => String(one[1]) === code));
  const used = [...new Set(data.tally.map((one) => one[0]))].sort((a, b) => a - b);
  const search = make("input", {type: "search", id: "search", value: state.search});
  search.addEventListener("input", () => { state.search = search.value; table.ajax.reload(); });
  const clear = make("button", {type: "button", id: "clear"}, say("clear"));
  clear.addEventListener("click", () => { Object.assign(state, EMPTY); drawFilters(); table.order([]).ajax.reload(); });
  const star = (value) => (value === "*" ? null : value);
  home.replaceChildren(
    make("label", {className: "search"}, say("search"), search),
    choice("outcome", outcomes.map((code) => [code, say(OUTCOMES[code])]), state.outcome, (value) => { state.outcome = value; }),
    choice("severity", [["", say("all")], ...data.severities.map((one) => [one, say(one)])], state.severity, (value) => { state.severity = value; }),
    choice("rule", [["", say("all")], ...used.map((one) => [String(one), shown(data.rules[one].title)])], state.rule, (value) => { state.rule = value; }),
    choice("department", [any, ...given(2).map((one) => [one, department(one) || say("no-department")])], state.department ?? "*", (value) => { state.department = star(value); }),
    choice("month", [any, ...given(3).map((one) => [one, one || say("no-date")])], state.month ?? "*", (value) => { state.month = star(value); }),
    data.baseline ? choice("since", [["", say("all")], ["new", say("new")], ["known", say("known")]], state.since, (value) => { state.since = value; }) : "",
    clear);
}
