"""The texts that the scripts of the HTML report show, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from checker.language import Label, both
from checker.report import rows
from checker.report.model import OUTCOMES
from checker.rulebook.rule import SEVERITIES


def words() -> Mapping[str, Label]:
    """Return each text by the name that the scripts call it by."""
    return {
        **{code: rows.word(code) for code in (*SEVERITIES, *OUTCOMES, "waived")},
        "all": both("All"),
        "search": both("Search"),
        "outcome": both("outcome"),
        "severity": both("severity"),
        "rule": both("rule"),
        "rulebook": both("rulebook"),
        "department": both("department"),
        "month": both("month"),
        "since": both("since the baseline"),
        "new": both("new"),
        "known": both("known"),
        "clear": both("Clear"),
        "title": both("title"),
        "key": both("key"),
        "subject": both("subject"),
        "date": both("date"),
        "due": both("due"),
        "overdue": both("overdue"),
        "clause": both("clause"),
        "reading": both("our reading"),
        "evidence": both("evidence"),
        "place": both("place"),
        "fingerprint": both("fingerprint"),
        "record": both("record"),
        "empty": both("empty"),
        "none": both("none"),
        "no-department": both("no department"),
        "no-date": both("no date"),
        "count": both("count"),
        "case": both("case file"),
        "back": both("Back to the report"),
        "waiver": both("waiver"),
        "until": both("until"),
        "confirmed": both("confirmed by the inspector"),
        "default": both("rests on a default of ours, not on the manual's number"),
        "matching": both("{shown} of {all} findings"),
        **{
            f"length-{size}{s}": both(text)
            for size, *texts in rows.LENGTHS
            for s, text in zip(("", "s"), texts, strict=True)
        },
        "more": both("… and {count} more"),
        "show-more": both("Show more ({count})"),
        "table": both("As a table"),
        "print": both("Print"),
        "printed": both("Only the first {count} are printed."),
        "findings": both("findings"),
        "by-book": both("Outcomes by rulebook"),
        "by-severity": both("Violations by severity"),
        "by-rule": both("Violations by rule"),
        "by-department": both("Violations by department"),
        "by-month": both("Violations by month of the record"),
        "perPage": both("rows per page"),
        "first": both("first page"),
        "previous": both("previous page"),
        "next": both("next page"),
        "last": both("last page"),
        "nothing": both("no finding matches"),
        "loading": both("reading the findings …"),
        "old": both("This browser cannot unpack the findings; use a current Chrome, Edge, Firefox or Safari."),
    }
