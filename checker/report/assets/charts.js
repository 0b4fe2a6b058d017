// The charts. Each is a figure with the same numbers as a table beneath it, and filters the findings when clicked.
"use strict";

const RANKED = 12, MONTHS = 60;
const charts = [];

/** Return how many findings with an outcome there are by some group, and within it by severity. */
function grouped(group, outcome = 4) {
  const found = new Map();
  for (const [ruleNumber, code, dept, month, count] of data.tally) {
    if (code !== outcome) continue;
    const name = group({rule: ruleNumber, department: dept, month});
    if (!found.has(name)) found.set(name, Object.fromEntries(data.severities.map((one) => [one, 0])));
    found.get(name)[data.rules[ruleNumber].severity] += count;
  }
  return found;
}

function sum(counts) {
  return Object.values(counts).reduce((a, b) => a + b, 0);
}

/** Return the largest groups, and how many are left. */
function ranked(groups) {
  const sorted = [...groups].sort((a, b) => sum(b[1]) - sum(a[1]));
  return [sorted.slice(0, RANKED), Math.max(0, sorted.length - RANKED)];
}

/** Return the groups of months in order, with the empty months between them where these are not too many. */
function everyMonth(groups) {
  const known = [...groups.keys()].filter(Boolean).sort();
  const number_ = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  const [first, last] = [number_(known[0] || "0"), number_(known.at(-1) || "0")];
  if (last - first < MONTHS)
    for (let one = first; one < last; one += 1) {
      const month = `${String(Math.floor(one / 12)).padStart(4, "0")}-${String((one % 12) + 1).padStart(2, "0")}`;
      if (!groups.has(month)) groups.set(month, Object.fromEntries(data.severities.map((severity) => [severity, 0])));
    }
  return [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/** Describe the charts: title, categories with their name and the filter they stand for, and series. */
function described() {
  const byBook = data.books.map((book) => {
    const counts = Object.fromEntries(data.outcomes.map((one) => [one, 0]));
    for (const one of data.rules)
      if (one.book === book.name) for (const outcome of data.outcomes) counts[outcome] += one.outcomes[outcome];
    return {name: shown(book.title), counts, filter: {}};
  });
  const bySeverity = data.severities.map((severity) => {
    const counts = Object.fromEntries(data.severities.map((one) => [one, 0]));
    for (const found of grouped(() => 0).values()) counts[severity] = found[severity];
    return {name: say(severity), counts, filter: {severity}};
  });
  const [rules, moreRules] = ranked(grouped((one) => one.rule));
  const [departments, moreDepartments] = ranked(grouped((one) => one.department));
  const months = everyMonth(grouped((one) => one.month || ""));
  const severities = data.severities.filter((severity) => bySeverity.some((one) => one.counts[severity]));
  return [
    {name: "by-severity", rows: bySeverity.filter((one) => sum(one.counts)), series: severities},
    {name: "by-book", rows: byBook.filter((one) => sum(one.counts)), series: data.outcomes, share: true},
    {
      name: "by-department", series: severities, more: moreDepartments,
      rows: departments.map(([one, counts]) => ({name: department(one) || say("no-department"), counts, filter: {department: one ?? ""}})),
    },
    {
      name: "by-month", series: severities, upright: true,
      rows: months.map(([one, counts]) => ({name: one || say("no-date"), counts, filter: {month: one}})),
    },
    {
      name: "by-rule", series: severities, more: moreRules, wide: true,
      rows: rules.map(([one, counts]) => ({name: shown(data.rules[one].title), counts, filter: {rule: String(one)}})),
    },
  ].filter((chart) => chart.rows.some((row) => sum(row.counts)));
}

function option(chart, room) {
  const narrow = room < 480;
  const legend = chart.name === "by-severity" ? 0 : narrow && chart.series.length > 4 ? 58 : 32;
  const rows = chart.upright ? chart.rows : [...chart.rows].reverse();
  const total = (row) => Math.max(1, sum(row.counts));
  const names = {
    type: "category", data: rows.map((row) => row.name), axisTick: {show: false},
    axisLabel: chart.upright ? {} : {width: Math.min(300, room * (chart.wide ? 0.42 : 0.32)), overflow: "truncate"},
  };
  const values = {
    type: "value", max: chart.share ? 100 : undefined, minInterval: 1,
    axisLabel: {formatter: chart.share ? "{value}%" : undefined}, splitLine: {lineStyle: {color: "#e6eaee"}},
  };
  return {
    animation: false,
    textStyle: {fontFamily: getComputedStyle(document.body).fontFamily},
    grid: {left: 8, right: 24, top: legend + 8, bottom: 8, containLabel: true},
    legend: {show: legend > 0, top: 0, left: 0, itemGap: 16, itemWidth: 14, data: chart.series.map((one) => ({name: say(one)}))},
    tooltip: {trigger: "axis", axisPointer: {type: "shadow"}, renderMode: "richText", confine: true, formatter: (points) => told(points, rows)},
    xAxis: chart.upright ? names : values,
    yAxis: chart.upright ? values : names,
    series: chart.series.map((one) => ({
      name: say(one), code: one, type: "bar", stack: "all", barMaxWidth: 20, itemStyle: {color: COLOURS[one]},
      data: rows.map((row) => (chart.share ? (100 * row.counts[one]) / total(row) : row.counts[one])),
    })),
  };
}

function told(points, rows) {
  const row = rows[points[0].dataIndex];
  const lines = points.filter((one) => one.value).map((one) => {
    const code = Object.keys(row.counts).find((name) => say(name) === one.seriesName);
    return `${one.seriesName}: ${number(row.counts[code])}`;
  });
  return [row.name, ...lines].join("\n");
}

function described_aloud(chart) {
  return `${say(chart.name)}. ${chart.rows.map((row) => `${row.name}: ${sum(row.counts)}`).join("; ")}`;
}

function tableOf(chart) {
  const head = make("tr", {}, make("th", {scope: "col"}), ...chart.series.map((one) => make("th", {scope: "col", className: "number"}, say(one))));
  const body = chart.rows.map((row) =>
    make("tr", {}, make("th", {scope: "row"}, text(row.name)), ...chart.series.map((one) => make("td", {className: "number"}, number(row.counts[one])))));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...body));
  return make("details", {className: "screen"}, make("summary", {}, say("table")), make("div", {className: "scroll"}, table));
}

/** Draw all charts anew. */
function drawCharts(pick) {
  const home = document.getElementById("charts");
  charts.splice(0).forEach((one) => one.dispose());
  home.replaceChildren();
  for (const chart of described()) {
    const plot = make("div", {className: "plot", "-role": "img", "-aria-label": described_aloud(chart)});
    plot.style.height = `${chart.upright ? 260 : 90 + 28 * chart.rows.length}px`;
    const more = chart.more ? make("p", {className: "quiet"}, say("more", {count: chart.more})) : null;
    const figure = make("figure", {className: `chart${chart.wide ? " wide" : ""}`}, make("figcaption", {}, say(chart.name)), plot, ...(more ? [more] : []), tableOf(chart));
    home.append(figure);
    const drawn = echarts.init(plot, null, {renderer: "svg"});
    drawn.setOption(option(chart, plot.clientWidth));
    const rows = chart.upright ? chart.rows : [...chart.rows].reverse();
    drawn.on("click", (event) => {
      const series = data.severities.find((one) => say(one) === event.seriesName);
      pick({...rows[event.dataIndex].filter, ...(series ? {severity: series} : {})});
    });
    charts.push(drawn);
  }
}

addEventListener("resize", () => charts.forEach((one) => one.resize()));
