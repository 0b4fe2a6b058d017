// What the page knows: the data, the language, the findings; and how elements are made (never from markup).
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);

/** The places of a finding's cells, as html.py writes them. */
const RULE = 0, OUTCOME = 1, KEY = 2, SUBJECT = 3, DEPARTMENT = 4, AT = 5, DUE = 6, OVERDUE = 7, FILE = 8, SHEET = 9,
  ROW = 10, EN = 11, ZH = 12, EVIDENCE = 13, FINGERPRINT = 14, KNOWN = 15, WAIVER = 16, REMARK = 17, CASE = 18;

const OUTCOMES = {4: "violation", 5: "pending", 6: "not_assessed", 7: "waived"};
const COLOURS = {
  critical: "#b42318", major: "#c2570c", minor: "#94700a", info: "#2563a8", pass: "#2f7d4f", violation: "#b42318",
  pending: "#6d5aa8", not_applicable: "#c3cad3", not_assessed: "#6b7280",
};

/** All findings, the gravest first. */
let findings = [];

/** The subjects that look alike, for they are masked: they are told apart by the number of their case. */
let alike = new Set();

function language() {
  return document.documentElement.dataset.lang;
}

/** Return a text of the page in the language shown, its {facts} filled in. */
function say(name, facts = {}) {
  return data.words[name][language()].replace(/\{(\w+)\}/g, (_hole, fact) => facts[fact]);
}

/** Return a label in the language shown. */
function shown(label) {
  return label[language()];
}

function rule(finding) {
  return data.rules[finding[RULE]];
}

function department(code) {
  if (code === null || code === undefined) return "";
  return language() === "zh" ? data.departments[code] || code : code.replaceAll("_", " ");
}

function number(count) {
  return count.toLocaleString("en");
}

/** Return a length of time in its largest unit. */
function lateness(seconds) {
  if (seconds === null) return "";
  const size = [86400, 3600, 60, 1].find((one) => seconds >= one) || 1;
  const count = Math.floor(seconds / size);
  return say(`length-${size}${count === 1 ? "" : "s"}`, {count});
}

function place(finding) {
  return [finding[FILE], finding[SHEET], finding[ROW]].filter((part) => part !== null).join(":");
}

function message(finding) {
  return finding[language() === "zh" ? ZH : EN];
}

/** Return a new element: properties that begin with a dash are attributes; children are elements or texts. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties))
    if (name.startsWith("-")) element.setAttribute(name.slice(1), value);
    else element[name] = value;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Return a text from the data as an element whose direction of writing stays its own. */
function text(value, className = "data") {
  return make("bdi", {className}, value === null ? "" : String(value));
}

/** Return a subject's name, with the number of its case where that is needed. */
function subject(finding) {
  return text(finding[SUBJECT] + (alike.has(finding[SUBJECT]) ? ` #${finding[CASE]}` : ""));
}

function tag(code) {
  return make("span", {className: `tag ${code}`}, say(code));
}

/** Unpack the findings part by part. */
async function unpack() {
  const parts = document.querySelectorAll("script.findings");
  for (const part of parts) {
    const packed = Uint8Array.from(atob(part.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    findings = findings.concat(await new Response(stream).json());
    part.remove();
  }
  const seen = new Map();
  for (const one of findings) {
    if (!seen.has(one[SUBJECT])) seen.set(one[SUBJECT], one[CASE]);
    else if (seen.get(one[SUBJECT]) !== one[CASE]) alike.add(one[SUBJECT]);
  }
}
