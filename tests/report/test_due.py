"""``checker due``: what is pending, by day and department, with what remains; as table, workbook and calendar."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from icalendar import Calendar

Cli = Callable[..., Any]

REQUESTS = """\
请求编号,房号,部门,等级,受理时间,办结时间,客户,费用
R1,1-101,维修部,紧急,2023-02-20 09:00,,王伟,10
R2,1-102,前台,紧急,2023-02-20 10:00,,李娜,20
R3,1-103,,紧急,2023-02-19 09:00,,张敏,2
R4,1-104,前台,紧急,2023-02-28 09:00,,刘强,1
R5,1-105,前台,紧急,2023-01-20 09:00,,刘洋,5
"""


@pytest.fixture
def pending(desk: Path) -> Path:
    (desk / "exports" / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    return desk


def test_the_soonest_comes_first(cli: Cli, pending: Path) -> None:
    ran = cli("due", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json")
    assert (ran.status, ran.err) == (0, "")
    found = [(one["due_at"], one["department"], one["key"], one["remaining"]) for one in json.loads(ran.out)]
    assert found == [
        ("2023-03-01", None, "R3", "today"),
        ("2023-03-02", "front", "R2", "1 day"),
        ("2023-03-02", "repair", "R1", "1 day"),
    ]


def test_within(cli: Cli, pending: Path) -> None:
    def keys(within: str) -> list[str]:
        ran = cli("due", "exports", "-r", "book", "--as-of", "2023-03-01", "--within", within, "-f", "json")
        return [one["key"] for one in json.loads(ran.out)]

    assert keys("0d") == ["R3"]
    assert keys("1d") == keys("7天") == ["R3", "R2", "R1"]
    assert keys("5w") == ["R3", "R2", "R1", "R4"]
    ran = cli("due", "exports", "-r", "book", "--within", "soon")
    assert (ran.status, ran.err) == (2, "checker: --within soon: this is no length of time; write 12h, 7d or 2w\n")


def test_the_table_says_what_it_leaves_out(cli: Cli, pending: Path) -> None:
    out = cli("due", "exports", "-r", "book", "--as-of", "2023-03-01").out
    assert out.endswith("3 fall due; 1 others are pending, due later or on no known day.\n")


def test_a_calendar(cli: Cli, pending: Path) -> None:
    assert cli("due", "exports", "-r", "book", "--as-of", "2023-03-01", "-q", "-o", "due.ics").status == 0
    calendar = Calendar.from_ical((pending / "due.ics").read_bytes())
    events = calendar.walk("VEVENT")
    assert [event["dtstart"].dt for event in events] == [dt.date(2023, 3, 1), dt.date(2023, 3, 2), dt.date(2023, 3, 2)]
    assert events[0]["summary"] == "no department: Urgent request not settled within the limit (R3)"
    assert len({event["uid"] for event in events}) == 3
    assert all(event.walk("VALARM") for event in events)


def test_an_instant_is_in_the_rulebooks_zone(cli: Cli, pending: Path) -> None:
    rule = pending / "book" / "rules" / "request" / "late.toml"
    rule.write_text(rule.read_text().split("[[example]]")[0].replace("10 days", "240 hours"))
    cli("due", "exports", "-r", "book", "--as-of", "2023-03-01 08:00", "-q", "-o", "due.ics")
    first = Calendar.from_ical((pending / "due.ics").read_bytes()).walk("VEVENT")[0]
    assert first["dtend"].dt == dt.datetime(2023, 3, 1, 1, 0, tzinfo=dt.UTC)  # 09:00 in Shanghai


def test_a_workbook(cli: Cli, pending: Path) -> None:
    cli("due", "exports", "-r", "book", "--as-of", "2023-03-01", "-q", "-o", "due.xlsx")
    sheet = openpyxl.load_workbook(pending / "due.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("due", "remaining", "department")
    assert rows[1][:3] == (dt.datetime(2023, 3, 1), "today", "no department")  # cells have no zone
    assert len(rows) == 4


def test_a_masked_day_is_none_that_could_be_told(cli: Cli, pending: Path) -> None:
    record = pending / "book" / "records" / "request.toml"
    record.write_text(record.read_text().replace('headers = ["受理时间"]', 'headers = ["受理时间"], personal = true'))
    due = ("due", "exports", "-r", "book", "--as-of", "2023-03-01", "-o", "due.ics", "-o", "due.xlsx")
    ran = cli(*due)
    assert (ran.status, ran.out) == (0, "0 fall due; 4 others are pending, due later or on no known day.\n")
    assert "3 fall due; 1 others" in cli(*due, "--show-personal-data").out


def test_a_day_beyond_the_year_9999_does_not_fall_due(cli: Cli, pending: Path) -> None:
    """As texts, 10000 stands before 2023."""
    record = pending / "book" / "records" / "request.toml"
    record.write_text(record.read_text() + 'valid_to = { type = "date", moment = "plan", headers = ["有效期至"] }\n')
    rule = pending / "book" / "rules" / "request" / "late.toml"
    rule.write_text(rule.read_text().split("[[example]]")[0].replace('"received_at"', '"valid_to"'))
    lines = REQUESTS.splitlines()
    lines = [lines[0] + ",有效期至", *(f"{line},长期" for line in lines[1:])]
    (pending / "exports" / "requests.csv").write_text("\n".join(lines), encoding="utf-8")
    ran = cli("due", "exports", "-r", "book", "--as-of", "2023-03-01", "-o", "due.ics", "-o", "due.xlsx")
    assert (ran.status, ran.out) == (0, "0 fall due; 5 others are pending, due later or on no known day.\n")


def test_a_limit_that_lies_later_than_the_audit_is_no_day_that_is_due(cli: Cli) -> None:
    pytest.importorskip("checker_banking_playbook")
    rule = ("-r", "banking_playbook", "-s", "banking_playbook/checklist/two-high#green-credit")
    fixture = Path(__file__).parents[2] / "fixtures" / "banking_playbook"
    ran = cli("due", fixture, *rule, "--as-of", "2023-03-01", "--within", "30d")
    assert (ran.status, ran.out) == (0, "0 fall due; 1 others are pending, due later or on no known day.\n")


def test_another_ending_is_refused(cli: Cli, pending: Path) -> None:
    ran = cli("due", "exports", "-r", "book", "-o", "due.doc")
    assert ran.status == 2
    assert ran.err.startswith("checker: -o due.doc: no format ends in '.doc'; ")
