"""Several exports of one record type are one table, and every row read is accounted for."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil

import pytest
from disguises import DISGUISES, as_csv, records
from office import BOOK, audited

from checker import report as reports
from checker.auditing import audit
from checker.errors import CheckerError
from checker.kinds import KINDS
from checker.rulebook.kind import Outcome
from checker.rulebook.read import read_rulebook

HEADER = "投诉编号,投诉等级,投诉时间,解决时间"


def violations(report, rule):
    """Return the violations of a rule."""
    number = next(result.number for result in report.rules if result.rule.id == rule)
    return list(report.findings.of(Outcome.VIOLATION, rules=[number]))


def write(folder, **files):
    for name, text in files.items():
        (folder / f"投诉{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_accounts_of_each_input(tmp_path):
    write(
        tmp_path,
        a=f"{HEADER}\n1,重大,2023-01-01,昨天\n2,特大,不详,\n3,重大,2023-01-01,\n",
        b=f"{HEADER}\n3,轻微,2023-01-01,\n,轻微,2023-01-01,\n",
    )
    report = audited(tmp_path)
    assert [(one.rows, one.data_errors, one.encoding) for one in report.inputs] == [(3, 3, "utf-8"), (2, 2, "utf-8")]
    for one in report.inputs:
        content = (tmp_path / one.place).read_bytes()
        assert (one.bytes, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert {result.records for result in report.rules} == {5}
    for result in report.rules:
        assert sum(result.outcomes.values()) == 5


@pytest.mark.parametrize("name", ["gzip", "zip", "workbook with a cover", "SQLite"])
def test_hash_and_size_are_those_of_the_file_given(name, tmp_path):
    path = DISGUISES[name](records(400), tmp_path)
    content = path.read_bytes()
    for one in audited(path).inputs:
        assert (one.bytes, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_column_that_a_rule_reads_must_be_in_all_files(tmp_path):
    write(tmp_path, a=f"{HEADER}\n1,重大,2023-01-01,\n", b="投诉编号,投诉等级,投诉时间\n2,重大,2023-01-01\n")
    with pytest.raises(CheckerError, match=r"投诉b\.csv: it has no column resolved_at, which .*投诉a\.csv has"):
        audited(tmp_path)


def test_a_column_that_no_rule_reads_may_be_in_some_files_only(tmp_path):
    write(tmp_path, a=f"{HEADER},说明\n1,重大,2023-01-01,,无\n", b=f"{HEADER}\n2,重大,2023-01-01,\n")
    assert [one.rows for one in audited(tmp_path).inputs] == [1, 1]


def test_units_are_those_of_each_file(tmp_path):
    write(tmp_path, a="投诉编号,补偿金额(万元)\n1,2.5\n", b="投诉编号,补偿金额\n2,25000\n3,20000\n")
    found = violations(audited(tmp_path), "office/complaint/dear")
    assert {one.key: one.evidence for one in found} == {"1": ("25000",), "2": ("25000",)}


def test_units_are_those_of_numbers_in_any_spelling(tmp_path):
    cells = ["2.5", "２．５", "约2.5", "￥2.5", "人民币 2.5", "25000元", "(2.5)", "+2.5"]
    write(tmp_path, a="投诉编号,补偿金额(万元)\n" + "".join(f"{key},{cell}\n" for key, cell in enumerate(cells)))
    found = violations(audited(tmp_path), "office/complaint/dear")
    assert {one.key: one.evidence for one in found} == dict.fromkeys("0123457", ("25000",))


def test_orders_of_day_and_month_are_those_of_each_file(tmp_path):
    write(
        tmp_path,
        a=f"{HEADER}\n1,重大,13/01/2023,02/02/2023\n2,重大,13/01/2023,14/02/2023\n",
        b=f"{HEADER}\n3,重大,01/13/2023,02/02/2023\n4,重大,01/13/2023,02/14/2023\n",
    )
    found = violations(audited(tmp_path), "office/complaint/late")
    assert [(one.key, *one.evidence[1:]) for one in found] == [
        (key, "2023-01-13", f"2023-02-{day}") for key, day in (("1", "02"), ("2", "14"), ("3", "02"), ("4", "14"))
    ]


def test_other_exports_of_the_same_folder_are_ignored_by_name(tmp_path):
    as_csv()(records(3), tmp_path)
    (tmp_path / "说明.docx").write_bytes(b"PK")
    report = audited(tmp_path)
    assert report.ignored == ((tmp_path / "说明.docx").as_posix(),)


def test_unknown_columns_are_listed_once_with_what_they_are_like(tmp_path, capsys):
    a, b = f"{HEADER},处理时间长,经办\n1,重大,2023-01-01,,,\n", f"{HEADER},处理时间长\n2,重大,2023-01-01,,\n"
    write(tmp_path, a=a, b=b)
    reports.show(audited(tmp_path), "table", None)
    out = capsys.readouterr().out
    assert out.count("处理时间长") == 1
    assert "Complaint: columns no rule knows: 处理时间长 (like 处理时长), 经办" in out
    assert "office/complaint/spent" in out
    assert "not exported: spent" in out


def test_a_part_of_a_key_that_cannot_be_read_keeps_records_apart(tmp_path):
    book = tmp_path / "book"
    shutil.copytree(BOOK, book)
    record = book / "records" / "complaint.toml"
    record.write_text(
        record.read_text().replace('key      = ["complaint_id"]', 'key = ["complaint_id", "promised_on"]')
    )
    data = tmp_path / "data"
    data.mkdir()
    write(data, a="投诉编号,承诺日期,投诉等级\n1,年初,重大\n1,年末,重大\n1,年末,轻微\n1,2023-01-05,重大\n")
    report = audit([data], [read_rulebook(book, KINDS)], dt.date(2023, 3, 1))
    told = {(one.key, one.problem) for one in report.findings.data_errors()}
    assert told == {
        ("1 / 年初", "unreadable"),
        ("1 / 年末", "unreadable"),
        ("1 / 年末", "key twice"),
    }
