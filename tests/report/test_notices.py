"""Rectification notices: one for each department, as HTML and DOCX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")


def test_each_department_gets_its_own_findings(cli: Cli, desk: Path) -> None:
    (desk / "checker.toml").write_text("[notices]\ninfo = 10\n")
    assert cli("check", "exports", *AS_OF, "-q", "-o", "notices/").status == 1
    names = sorted(path.name for path in (desk / "notices").iterdir())
    assert names == [f"notice-2023-03-01-{code}.{end}" for code in ("front", "repair") for end in ("docx", "html")]
    document = docx.Document(str(desk / "notices" / "notice-2023-03-01-front.docx"))
    table, signatures = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    assert [(row[1], row[3].split()[0], row[4]) for row in rows] == [
        ("critical", "D1", "2023-03-04"),  # our default of 3 days
        ("info", "D4", "2023-03-11"),  # the site's 10 days
    ]
    assert "R2: Due 2023-02-11" in rows[0][2]
    assert "exports/requests.csv:3" in rows[0][2]
    assert len(signatures.rows) == 4
    page = (desk / "notices" / "notice-2023-03-01-front.html").read_text()
    assert "R2: Due 2023-02-11" in page
    assert "R6" not in page


def test_what_has_no_department_has_a_notice_too(cli: Cli, desk: Path) -> None:
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text().replace("前台", ""))
    cli("check", "exports", *AS_OF, "-q", "-o", "notices")
    page = (desk / "notices" / "notice-2023-03-01-unassigned.html").read_text()
    assert "no department named in the records" in page


def test_departments_whose_names_differ_in_case_alone_have_a_notice_each(cli: Cli, desk: Path) -> None:
    record = desk / "book" / "records" / "request.toml"
    listed = 'type = "choice", headers = ["部门"], choices = { front = ["前台"], repair = ["维修部"] }'
    record.write_text(record.read_text().replace(listed, 'type = "text", headers = ["部门"]'))
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text().replace("前台", "OPS").replace("维修部", "ops"))
    cli("check", "exports", *AS_OF, "-q", "-o", "notices")
    names = [path.stem for path in (desk / "notices").glob("*.html")]
    assert len({name.casefold() for name in names}) == len(names) == 2


def test_a_notice_says_what_it_leaves_out(cli: Cli, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.report.notices.MOST", 1)
    cli("check", "exports", *AS_OF, "-q", "-o", "notices")
    text = "… and 1 more: see -o findings.xlsx."
    assert text in (desk / "notices" / "notice-2023-03-01-front.html").read_text()
    paragraphs = docx.Document(str(desk / "notices" / "notice-2023-03-01-front.docx")).paragraphs
    assert text in [one.text for one in paragraphs]


def test_libreoffice_opens_a_notice(cli: Cli, desk: Path, office: Callable[[Path, str], Path]) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "notices")
    text = office(desk / "notices" / "notice-2023-03-01-repair.docx", "txt:Text (encoded):UTF8").read_text()
    assert "Rectification notice" in text
    assert "R6: Due 2023-01-30" in text
