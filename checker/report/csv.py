"""Findings as CSV, so that Excel opens them with their Chinese intact and no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import IO, Any

from checker.language import Language, _, current, translate
from checker.report import rows
from checker.report.bulk import NAMES, TEXTS, Line
from checker.report.model import Report, RuleResult
from checker.report.plain import BLANKED, FORMULA_START, MARKED, harmless
from checker.rulebook.kind import TOLD, Outcome
from checker.sql import text
from checker.wording import BETWEEN


def write(report: Report, out: IO[str]) -> None:
    """Write every finding as one row, in the language of this run."""
    out.write("\ufeff")
    headers = (
        _("outcome"),
        _("severity"),
        _("rule"),
        _("clause"),
        _("title"),
        _("file"),
        _("sheet"),
        _("row"),
        _("key"),
        _("subject"),
        _("department"),
        _("date"),
        _("due"),
        _("overdue"),
        _("finding"),
        _("evidence"),
        _("fingerprint"),
    )
    out.write(csv_line(headers))
    for outcome in TOLD:
        for batch in report.findings.lines(report.rules, outcome, _line(outcome, current())):
            out.write("\r\n".join((*batch, "")))


def _line(outcome: Outcome, language: Language) -> Line:
    """Return how findings with an outcome are written, so that no cell acts in a spreadsheet (``plain.harmless``)."""

    def cells(result: RuleResult) -> tuple[Any, ...]:
        rule = result.rule
        quoted = [rows.quoted(result, name) for name in result.evidence]
        about = (
            rows.outcome(outcome.word),
            translate(rule.severity, language),
            rule.id,
            rule.clause,
            rule.title.label.in_(language),
        )
        return (
            csv_line(about).rstrip("\r\n"),
            json.dumps(rows.departments(result, language), ensure_ascii=False),
            [f"{label.in_(language)}=" for label, _codes in quoted],
            json.dumps([dict(codes) if language == "zh" else {} for _label, codes in quoted], ensure_ascii=False),
        )

    columns = {"about": "VARCHAR", "departments": NAMES, "labels": TEXTS, "codes": f"{NAMES}[]"}
    told = "e[1] || coalesce(e[3][e[2]], e[2], '')"
    evidence = f"list_transform(list_zip(r.labels, f.evidence, r.codes), lambda e: {told})"
    line = (
        "r.about",
        _cell("p.path"),
        _cell("p.sheet"),
        'p."row"',
        _cell("f.key"),
        _cell("f.subject"),
        _cell("coalesce(r.departments[f.department], f.department)"),
        _cell('f."at"'),
        _cell("f.due"),
        _cell(_overdue("f.overdue", language)),
        _cell(f"f.{language}"),
        _cell(f"array_to_string({evidence}, '{BETWEEN[language]}')"),
        "f.fingerprint",
    )
    return Line(f"concat_ws(',', {', '.join(line)})", columns, cells)


def csv_line(cells: Iterable[Any]) -> str:
    """Return cells as a line of a CSV, none of which acts in a spreadsheet."""
    line = io.StringIO()
    csv.writer(line).writerow(map(harmless, cells))
    return line.getvalue()


def _cell(cell: str) -> str:
    """Return the SQL of a text as a cell of a CSV; nearly all stay as they are, and one look tells."""
    special = text(f'{FORMULA_START}|[{BLANKED}{MARKED}",\n]').sql("duckdb")
    quoted = f"""'"' || replace({_harmless(cell)}, '"', '""') || '"'"""
    return (
        f"CASE WHEN NOT regexp_matches({cell}, {special}) THEN {cell}"
        f" WHEN regexp_matches({cell}, '[\",\n]') THEN {quoted} ELSE coalesce({_harmless(cell)}, '') END"
    )


def _harmless(cell: str) -> str:
    """Return the SQL of what ``plain.harmless`` makes of a text; nearly all texts stay as they are."""
    formula, acting, blanked, marked = (
        text(pattern).sql("duckdb")
        for pattern in (FORMULA_START, f"[{BLANKED}{MARKED}]", f"[{BLANKED}]", f"[{MARKED}]")
    )
    lines = f"regexp_replace(regexp_replace({cell}, {blanked}, ' ', 'g'), {marked}, '\N{REPLACEMENT CHARACTER}', 'g')"
    return (
        f"CASE WHEN regexp_matches({cell}, {formula}) THEN chr(39) ELSE '' END"
        f" || CASE WHEN regexp_matches({cell}, {acting}) THEN {lines} ELSE {cell} END"
    )


def _overdue(seconds: str, language: Language) -> str:
    """Return the SQL of what ``rows.overdue`` says of a length of time."""
    branches = []
    for size, one, more in rows.LENGTHS:
        count = f"CAST({seconds} // {size} AS VARCHAR)"
        words = [text(translate(word, language)).sql("duckdb") for word in (one, more)]
        told = f"replace(CASE {seconds} // {size} WHEN 1 THEN {words[0]} ELSE {words[1]} END, '{{count}}', {count})"
        branches.append(f"WHEN {seconds} >= {size} OR {size} = 1 THEN {told}")
    return f"CASE {' '.join(branches)} END"
