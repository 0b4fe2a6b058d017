"""However the same complaints are exported, the findings are the same in everything but the source place."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import checker
from checker.report import rows
from checker.rulebook.kind import Outcome
from checker.rulebook.rulebook import Rulebook

ROOT = Path(__file__).parent.parent
Rows = list[dict[str, str]]
AS_OF = dt.date(2023, 3, 1)
RULES = [
    f"property/complaint/{name}"
    for name in (
        "grade-reason",
        "grading",
        "important-resolution",
        "major-reply",
        "major-resolution",
        "minor-requested-date",
        "minor-resolution",
        "stop-harm-first",
        "told-same-day",
    )
]


def complaints() -> Rows:
    """February's complaints of the property fixture, by the first header of each column."""
    (path,) = (ROOT / "fixtures" / "property").glob("*投诉*2023年2月.csv")
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def delimited(data: Rows, delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(data[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(data)
    return out.getvalue()


def english(data: Rows, book: Rulebook) -> Rows:
    """The same under the fields' own names."""
    fields = book.records["complaint"].fields
    names = {header: name for name, field in fields.items() for header in field.headers}
    return [{names.get(header, header): value for header, value in row.items()} for row in data]


def reordered(data: Rows) -> Rows:
    """The same with the columns in another order."""
    return [dict(reversed(row.items())) for row in data]


def spelt(data: Rows) -> Rows:
    """The same in other spellings: full-width digits in moments, space around everything."""
    wide = str.maketrans("0123456789:", "０１２３４５６７８９：")
    return [
        {name: f" {value.translate(wide)} " if name.endswith("时间") else f"{value} " for name, value in row.items()}
        for row in data
    ]


def text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


FORMS: dict[str, Callable[[Rows, Rulebook], tuple[str, bytes]]] = {
    "UTF-8 with a mark": lambda data, _book: ("complaints.csv", delimited(data).encode("utf-8-sig")),
    "GB18030, columns in another order": lambda data, _book: (
        "投诉.csv",
        delimited(reordered(data)).encode("gb18030"),
    ),
    "UTF-16": lambda data, _book: ("complaints.csv", delimited(data).encode("utf-16")),
    "UTF-16, big end first": lambda data, _book: ("complaints.csv", ("\ufeff" + delimited(data)).encode("utf-16-be")),
    "semicolons": lambda data, _book: ("complaints.csv", delimited(data, ";").encode()),
    "tabs": lambda data, _book: ("complaints.tsv", delimited(data, "\t").encode()),
    "tabs in GB18030": lambda data, _book: ("complaints.txt", delimited(data, "\t").encode("gb18030")),
    "English headers": lambda data, book: ("complaints.csv", delimited(english(data, book)).encode()),
    "other line ends": lambda data, _book: ("complaints.csv", delimited(data).replace("\r\n", "\n").encode()),
    "other spellings": lambda data, _book: ("complaints.csv", delimited(spelt(data)).encode()),
    "a name that says nothing": lambda data, _book: ("sheet1.csv", delimited(data).encode()),
    "JSON array": lambda data, _book: ("complaints.json", text(data).encode()),
    "JSON array, empty values as null": lambda data, book: (
        "complaints.json",
        text([{name: value or None for name, value in row.items()} for row in english(data, book)]).encode(),
    ),
    "JSON array, empty values left out but once": lambda data, _book: (
        "complaints.json",
        text([data[0], *({name: value for name, value in row.items() if value} for row in data[1:])]).encode(),
    ),
    "object of arrays": lambda data, _book: ("export.json", text({"made": "2023-03-01", "complaints": data}).encode()),
    "JSON Lines": lambda data, _book: ("complaints.jsonl", "".join(text(row) + "\n" for row in data).encode()),
    "JSON Lines in GB18030": lambda data, _book: (
        "complaints.ndjson",
        "".join(text(row) + "\n" for row in data).encode("gb18030"),
    ),
}


def found(folder: Path, book: Rulebook, name: str, content: bytes) -> tuple[list[Any], list[Any], list[Any]]:
    """Return what an audit says of a file, without the places: outcomes, findings, data errors."""
    (folder / name).write_bytes(content)
    report = checker.audit([folder], [book], AS_OF, select=RULES)
    findings = report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)
    told = [{**rows.finding(report, one), "source": None} for one in findings]
    errors = [{**rows.data_error(report, one), "source": None, "also": None} for one in report.findings.data_errors()]
    return [(one.rule.id, one.outcomes) for one in report.rules], told, errors


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, property_book: Rulebook) -> tuple[list[Any], ...]:
    return found(tmp_path_factory.mktemp("plain"), property_book, "complaints.csv", delimited(complaints()).encode())


def test_there_is_something_to_compare(expected: tuple[list[Any], ...]) -> None:
    outcomes, told, errors = expected
    assert len(outcomes) == len(RULES)
    assert len(told) > 10
    assert errors


@pytest.mark.parametrize("form", FORMS)
def test_same_findings(form: str, expected: tuple[list[Any], ...], property_book: Rulebook, tmp_path: Path) -> None:
    name, content = FORMS[form](complaints(), property_book)
    outcomes, told, errors = found(tmp_path, property_book, name, content)
    assert outcomes == expected[0]
    assert told == expected[1]
    if form != "other spellings":  # a data error quotes the value as it stands there
        assert errors == expected[2]
