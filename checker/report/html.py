"""The report as one self-contained page: no network, both languages, charts, a table, and a page for each case.

Findings lie in the page as compressed JSON, in parts, so that neither writing nor opening needs them all at once.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from checker.language import Label, _, both, current
from checker.report import rows
from checker.report.finding import Finding
from checker.report.html_words import words
from checker.report.model import OUTCOMES, Report, RuleResult
from checker.report.plain import lines, plain, short
from checker.rulebook.coverage import counted, coverage
from checker.rulebook.kind import TOLD, Outcome
from checker.rulebook.rule import SEVERITIES

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("vendor/echarts.common.min.js", "vendor/dataTables.min.js", "data.js", "charts.js", "table.js", "page.js")

MOST_FINDINGS = 200_000
"""How many findings a page holds; those beyond are counted, and said to be left out."""

MOST_ERRORS = 500
"""How many data errors a page holds."""

MOST_REASONS = 100
"""How many reasons are told apart; the rest are counted as one."""

MOST_CHARACTERS = 20_000
"""How long a single value may be."""

PART = 5_000
WAIVED = 7
"""The number, in the page, of a violation that is waived."""


def write(report: Report, path: Path) -> None:
    """Write the report as one page that opens in the language of this run."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.get_template("report.html")
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(template.generate(_context(report)))


def _context(report: Report) -> dict[str, Any]:
    language = current()
    scripts = [(ASSETS / name).read_text(encoding="utf-8") for name in SCRIPTS]
    tally = list(report.findings.tally())
    total = sum(count for *_group, count in tally)
    errors = [(one, rows.told(report, one)) for one in islice(report.findings.data_errors(), MOST_ERRORS + 1)]
    clauses = [(book, [(one, report.violations_of(one.rules)) for one in coverage(book)]) for book in report.audited]
    return {
        "lang": language,
        "title": _("Audit report"),
        "css": Markup((ASSETS / "report.css").read_text(encoding="utf-8")),  # noqa: S704  # ours
        "scripts": [Markup(script) for script in scripts],  # noqa: S704  # ours
        "hashes": Markup(" ".join(map(_hash, scripts))),  # noqa: S704  # ours
        "report": report,
        "rules": sum(result.rulebook in report.audited for result in report.rules),
        "totals": report.totals,
        "outcomes": OUTCOMES,
        "records": sum(one.rows for one in report.inputs),
        "wrong": sum(one.data_errors for one in report.inputs),
        "questions": list(report.manual_items()),
        "missing": rows.idle_rules(report),
        "about_inputs": list(rows.about_inputs(report)),
        "reasons": _reasons(report),
        "edition": rows.edition,
        "book": rows.book_called,
        "errors": errors[:MOST_ERRORS],
        "more_errors": len(errors) > MOST_ERRORS,
        "coverage": [(book, found, counted([one for one, _count in found])) for book, found in clauses],
        "checked": sum(count is not None for _book, found in clauses for _one, count in found),
        "clauses": sum(len(found) for _book, found in clauses),
        "shown": min(total, MOST_FINDINGS),
        "hidden": max(0, total - MOST_FINDINGS),
        "data": _json({**_data(report, tally), "shown": min(total, MOST_FINDINGS)}),
        "chunks": _parts(report),
        "_": lambda message: _bilingual(both(message)),
        "both": lambda message: both(message)._asdict(),
        "said": _said,
        "word": lambda word: _bilingual(rows.word(word)),
        "bi": _bilingual,
        "plain": plain,
        "record": partial(rows.record_called, report),
    }


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _bilingual(label: Label) -> Markup:
    """Return a text in both languages, of which the page shows one."""
    if label.en == label.zh:
        return Markup("<bdi>{}</bdi>").format(plain(label.en))
    return Markup('<span class="en" lang="en">{}</span><span class="zh" lang="zh-CN">{}</span>').format(
        plain(label.en), plain(label.zh)
    )


def _said(message: str, **facts: object) -> Markup:
    """Return an interface message with facts, in both languages."""
    return _bilingual(both(message).with_(**facts))


def _reasons(report: Report) -> list[tuple[Label, int, list[RuleResult]]]:
    """Return why records could not be assessed, with their number and the rules, the commonest reason first."""
    found: dict[Label, tuple[int, list[RuleResult]]] = {}
    reasons = report.findings.reasons()
    for result in report.rules:
        if not result.outcomes["not_assessed"]:
            continue
        told = [(result.reason, result.outcomes["not_assessed"])] if result.reason else None
        for why, records in told or reasons.get(result.number, []):
            known, rules = found.get(why, (0, []))
            found[why] = (known + records, [*rules, result])
    ordered = sorted(found.items(), key=lambda item: -item[1][0])
    rest = ordered[MOST_REASONS:]
    shown = [(why, records, rules) for why, (records, rules) in ordered[:MOST_REASONS]]
    if rest:
        rules = list({result.number: result for _why, (_records, all_) in rest for result in all_}.values())
        shown.append((both("other reasons"), sum(records for _why, (records, _rules) in rest), rules))
    return shown


def _data(report: Report, tally: Sequence[tuple[int, Outcome, bool, str | None, str | None, int]]) -> dict[str, Any]:
    """Return all that the scripts need beside the findings."""
    return {
        "words": {name: label._asdict() for name, label in words().items()},
        "severities": list(SEVERITIES),
        "outcomes": list(OUTCOMES),
        "rules": [_rule(result) for result in report.rules],
        "books": [{"name": book.name, "title": book.about.title.label._asdict()} for book in report.rulebooks],
        "departments": _departments(report),
        "tally": [
            [rule, WAIVED if waived else int(outcome), _plain(department), month, count]
            for rule, outcome, waived, department, month, count in tally
        ],
        "waivers": [
            {
                "reason": plain(use.waiver.reason),
                "approver": plain(use.waiver.approver),
                "until": str(use.waiver.until),
            }
            for use in report.waivers
        ],
        "baseline": report.baseline is not None,
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    rule, book = result.rule, result.rulebook
    record = book.records[rule.record]
    clause = book.clauses[rule.clause]
    quoted = [rows.quoted(result, name) for name in result.evidence]
    return {
        "id": rule.id,
        "book": book.name,
        "clause": rule.clause,
        "says": clause.label._asdict(),
        "reading": rule.reading.label._asdict() if rule.reading else None,
        "severity": rule.severity,
        "title": rule.title.label._asdict(),
        "record": record.title.label._asdict(),
        "defaults": list(rule.defaults),
        "outcomes": dict(result.outcomes),
        "evidence": [{**label._asdict(), "codes": codes} for label, codes in quoted],
    }


def _departments(report: Report) -> dict[str, str]:
    """Return what departments are called in Chinese."""
    found: dict[str, str] = {}
    for book in report.rulebooks:
        for record in book.records.values():
            if record.department:
                choices = record.fields[record.department].choices
                found |= {code: words[0] for code, words in choices.items() if words}
    return found


def _parts(report: Report) -> Iterator[tuple[int, str]]:
    """Yield the findings, the gravest first, as parts of compressed JSON, each with its number of findings."""
    found = islice(_gravest(report), MOST_FINDINGS)
    while part := [_row(one) for one in islice(found, PART)]:
        packed = gzip.compress(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode(), 6, mtime=0)
        yield len(part), base64.b64encode(packed).decode()


def _gravest(report: Report) -> Iterator[Finding]:
    for outcome in TOLD:
        yield from report.gravest(outcome)
    yield from report.findings.of(Outcome.VIOLATION, waived=True)


def _row(one: Finding) -> list[Any]:
    """Return a finding as ``data.js`` reads it."""
    return [
        one.rule,
        int(one.outcome) if one.waiver is None or one.outcome is not Outcome.VIOLATION else WAIVED,
        *(_plain(text) for text in (one.key, one.subject, one.department, one.at, one.due)),
        one.overdue,
        *(_plain(one.place.path), _plain(one.place.sheet), one.place.row),
        *(plain(one.en), plain(one.zh)),
        [_plain(text) for text in one.evidence],
        one.fingerprint,
        int(one.known),
        one.waiver,
        _plain(one.remark),
        one.case,
    ]


def _plain(text: str | None) -> str | None:
    return None if text is None else short(lines(text), MOST_CHARACTERS, "…")


def _json(value: object) -> Markup:
    """Return JSON that no element of a page can end before its end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    escaped: dict[str, str | int | None] = {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
    return Markup(text.translate(str.maketrans(escaped)))  # noqa: S704  # nothing in it is left that HTML reads
