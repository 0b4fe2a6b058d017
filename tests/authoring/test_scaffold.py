"""``checker new``: what it writes can be used at once, and its examples pass."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tomli

from checker.authoring.drafts import DRAFTS
from checker.kinds import KINDS

Cli = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_rulebook_passes_its_examples(cli: Cli, here: Path) -> None:
    ran = cli("new", "rulebook", "desk")
    assert ran.status == 0
    assert {"desk/rulebook.toml", "desk/records/request.toml", "desk/rules/request/late.toml"} <= set(ran.out.split())
    ran = cli("test", "-r", "desk")
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "4 examples of 1 rules, 0 failed")


def test_a_new_rulebook_finds_a_first_violation(cli: Cli, here: Path) -> None:
    cli("new", "rulebook", "desk")
    Path("requests.csv").write_text("请求编号,受理时间,办结时间\nR1,2024-02-01,2024-02-09\n", encoding="utf-8")
    ran = cli("check", "requests.csv", "-r", "desk", "--as-of", "2024-03-01")
    assert ran.status == 1
    assert "R1" in ran.out


def test_every_kind_has_a_draft(cli: Cli) -> None:
    assert sorted(DRAFTS) == sorted(KINDS)
    said = " ".join(cli("new", "rule", "--help").out.split())
    assert f"One of {', '.join(sorted(KINDS))}." in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_draft_of_each_kind_passes_its_examples(cli: Cli, here: Path, kind: str) -> None:
    cli("new", "rulebook", "desk")
    ran = cli("new", "rule", f"topic/{kind}", "-r", "desk", "-k", kind, "--clause", "1", "--record", "request")
    assert (ran.status, ran.out.strip()) == (0, f"desk/rules/topic/{kind}.toml")
    assert "0 failed" in cli("test", f"desk/topic/{kind}", "-r", "desk").out


def test_the_draft_of_an_assessment_goes_by_a_day(cli: Cli, here: Path) -> None:
    cli("new", "rulebook", "desk")
    path = here / "desk" / "records" / "review.toml"
    more = '[fields]\ntyped_at = { type = "datetime" }\n'
    text = path.read_text(encoding="utf-8").replace("[fields]\n", more).replace("at   ", "#")
    path.write_text(text, encoding="utf-8")
    assert cli("new", "rule", "a/assessment", "-r", "desk", "-k", "assessment").status == 0
    assert cli("test", "desk/a/assessment", "-r", "desk").status == 0


@pytest.mark.parametrize("kind", ["eligibility", "indicator", "limit", "query", "rate", "reconcile"])
def test_drafts_fit_whole_numbers(cli: Cli, here: Path, kind: str) -> None:
    cli("new", "rulebook", "desk")
    path = here / "desk" / "records" / "request.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"money"', '"integer"'), encoding="utf-8")
    assert cli("new", "rule", f"a/{kind}", "-r", "desk", "-k", kind).status == 0
    assert cli("test", f"desk/a/{kind}", "-r", "desk").status == 0


def test_a_share_of_all_names_no_group(cli: Cli, here: Path) -> None:
    cli("new", "rulebook", "desk")
    cli("new", "rule", "fees/share", "-r", "desk", "-k", "rate")
    assert (
        "\n    1 of 3 (0.333333): fee above 0; allowed: ≥ 0.5.\n" in cli("explain", "desk/fees/share", "-r", "desk").out
    )


@pytest.mark.parametrize("key", ["integer", "decimal", "date", "datetime", "time", "month", "period"])
def test_drafts_fit_keys_of_every_type(cli: Cli, here: Path, key: str) -> None:
    cli("new", "rulebook", "desk")
    for record, name in (("request", "request_id"), ("review", "request_id"), ("review", "review_id")):
        path = here / "desk" / "records" / f"{record}.toml"
        line = re.compile(rf"^({name} +=).*", re.MULTILINE)
        path.write_text(line.sub(rf'\1 {{ type = "{key}" }}', path.read_text()))
    for kind in KINDS:
        assert cli("new", "rule", f"topic/{kind.replace('_', '-')}", "-r", "desk", "-k", kind).status == 0
    ran = cli("test", "-r", "desk")
    assert ran.out.splitlines()[-1].endswith(f" of {len(KINDS) + 1} rules, 0 failed"), ran.out


@pytest.mark.parametrize("kind", ["approval", "assessment", "cadence", "deadline", "sequence", "waiting_period"])
def test_drafts_count_from_what_happened(cli: Cli, here: Path, kind: str) -> None:
    cli("new", "rulebook", "desk")
    for path in (here / "desk" / "records").iterdir():
        others = {"born_on": "background", "due_on": "plan"}
        ahead = "".join(f'{name} = {{ type = "date", moment = "{moment}" }}\n' for name, moment in others.items())
        path.write_text(path.read_text(encoding="utf-8").replace("[fields]\n", f"[fields]\n{ahead}"), encoding="utf-8")
    cli("new", "rule", f"a/{kind}", "-r", "desk", "-k", kind)
    text = (here / "desk" / "rules" / "a" / f"{kind}.toml").read_text(encoding="utf-8")
    assert "born_on" not in text
    assert "due_on" not in text
    assert cli("test", f"desk/a/{kind}", "-r", "desk").status == 0


def test_a_package_is_a_distribution_with_an_entry_point(cli: Cli, here: Path) -> None:
    assert cli("new", "rulebook", "front_desk", "--package").status == 0
    top = here / "rulebook-checker-front-desk"
    project = tomli.loads((top / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["checker"] == {"front_desk": "checker_front_desk"}
    assert cli("test", "-r", top / "checker_front_desk").status == 0
    compile((top / "checker_front_desk" / "__init__.py").read_text(encoding="utf-8"), "module", "exec")


def test_records_are_proposed_from_exports(cli: Cli, here: Path) -> None:
    lines = [
        f"A{n:03},王伟,138001380{n:02},2024-02-{n + 1:02} 09:30,2024/2/{n + 3},{n * 10},{n}.5,{'否是'[n % 2]},急,"
        f"2024年{n}月,2024-{n:02}-01"
        for n in range(1, 10)
    ]
    header = "单号,Asked By,电话,受理时间,办结日期,件数,金额,回访,等级,属期,归属月份"
    Path("登记2024年2月.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    assert cli("new", "rulebook", "desk", "--from", "登记2024年2月.csv").status == 0
    (file,) = (here / "desk" / "records").iterdir()
    record = tomli.loads(file.read_text(encoding="utf-8"))
    by_header = {one.get("headers", [name])[0]: one["type"] for name, one in record["fields"].items()}
    assert by_header == {
        "单号": "text", "Asked By": "text", "电话": "text", "受理时间": "datetime", "办结日期": "date",
        "件数": "integer", "金额": "decimal", "回访": "yes_no", "等级": "text", "属期": "month", "归属月份": "month",
    }  # fmt: skip
    assert record["files"] == ["*登记*"]
    assert record["fields"][record["key"][0]]["headers"] == ["单号"]
    assert "asked_by" in record["fields"]
    assert cli("new", "rule", "a/late", "-r", "desk").status == 0
    assert cli("test", "-r", "desk").status == 0
    assert cli("check", "登记2024年2月.csv", "-r", "desk", "--as-of", "2024-03-01").status == 0


def test_dates_that_may_lie_ahead_are_proposed_as_such(cli: Cli, here: Path) -> None:
    (here / "loans.csv").write_text(
        "no,lent_on,应还日期,出生日期,validated_on,承诺书签署日期\n"
        "A1,2024-01-02,2024-03-01,1990-05-06,2024-01-02,2024-01-02\n"
        "A2,2024-01-03,2024-04-01,1991-05-06,2024-01-03,2024-01-03\n",
        encoding="utf-8",
    )
    cli("new", "rulebook", "lending", "--from", "loans.csv")
    (file,) = (here / "lending" / "records").iterdir()  # called as an installed rulebook calls such a record
    record = tomli.loads(file.read_text(encoding="utf-8"))
    moments = {one.get("headers", [name])[0]: one.get("moment") for name, one in record["fields"].items()}
    assert moments == {
        "no": None, "lent_on": None, "validated_on": None, "承诺书签署日期": None,
        "应还日期": "plan", "出生日期": "background",
    }  # fmt: skip


def test_an_odd_value_does_not_hide_what_a_column_is(cli: Cli, here: Path) -> None:
    days = [f"R{n},2024-02-{n % 28 + 1:02}" for n in range(40)]
    Path("a.csv").write_text("id,day\n" + "\n".join([*days, "R99,soon"]), encoding="utf-8")
    cli("new", "rulebook", "desk", "--from", "a.csv")
    text = (here / "desk" / "records" / "a.toml").read_text(encoding="utf-8")
    assert 'day = { type = "date" }    # 1 of 41 values cannot be read so' in text


def fields_of(path: Path) -> dict[str, str]:
    """Return the fields proposed, each with its header."""
    record = tomli.loads(path.read_text(encoding="utf-8"))
    return {name: field.get("headers", [name])[0] for name, field in record["fields"].items()}


def test_headers_of_all_sorts_become_names(cli: Cli, here: Path) -> None:
    headers = ["编号", "a b", " ", "a-b", "select", "as of", "$", "", "备注\n说明", "金额(元)", "金额(万元)"]
    cells = [f"{n},1,2,3,4,5,6,7,八,9,10" for n in range(9)]
    text = ",".join(f'"{one}"' for one in headers) + "\r\n" + "\r\n".join(cells)
    Path("weird name (1) [2].csv").write_text(text, encoding="gb18030", newline="")
    Path("twice.csv").write_text(text.replace('" "', '"A B"'), encoding="utf-8")
    ran = cli("new", "rulebook", "desk", "--from", "twice.csv")
    assert (ran.status, ran.err) == (
        2,
        "checker: twice.csv: header row: the header 'a b' stands twice; rename one of the columns\n",
    )
    assert cli("new", "rulebook", "desk", "--from", "weird name (1) [2].csv").status == 0
    (path,) = (here / "desk" / "records").iterdir()
    assert fields_of(path) == {
        "id": "编号", "a_b": "a b", "column_4": "a-b", "select_value": "select", "as_of_value": "as of",
        "column_7": "$", "column_9": "备注\n说明", "column_10": "金额(元)", "column_11": "金额(万元)",
    }  # fmt: skip
    assert "Proposed from 9 rows" in path.read_text(encoding="utf-8")
    for kind in ("limit", "eligibility", "form", "unique"):
        assert cli("new", "rule", f"a/{kind}", "-r", "desk", "-k", kind).status == 0
    assert cli("test", "-r", "desk").status == 0
    assert cli("check", "weird name (1) [2].csv", "-r", "desk", "--as-of", "2024-03-01").status in (0, 1)


def test_every_table_of_every_file_becomes_a_record_type(cli: Cli, here: Path) -> None:
    Path("exports").mkdir()
    book = openpyxl.Workbook()
    book.active.title = "报修登记"
    for row in (
        ["2024年报修登记表"],
        ["编号", "受理时间", "来电人"],
        *([n, f"2024-03-0{n} 8:30", "甲"] for n in range(1, 8)),
    ):
        book.active.append(row)
    other = book.create_sheet("Sheet 2")
    for row in (["ID", "closedAt"], [1, dt.datetime(2024, 3, 1, 9)], [2, dt.datetime(2024, 3, 1, 9)]):
        other.append(row)
    book.create_sheet("空表")
    book.save("exports/报修.xlsx")
    Path("exports/api.json").write_text('{"orders": [{"closedAt": "2024-01-01T08:00:00Z", "no": 1}]}', encoding="utf-8")
    assert cli("new", "rulebook", "desk", "--from", "exports").status == 0
    found = {path.stem: fields_of(path) for path in (here / "desk" / "records").iterdir()}
    assert found["orders"] == {"closed_at": "closedAt", "no": "no"}
    assert found["sheet_2"] == {"id": "ID", "closed_at": "closedAt"}
    (repairs,) = [fields for name, fields in found.items() if name not in ("orders", "sheet_2")]
    assert list(repairs.values()) == ["编号", "受理时间", "来电人"]
    keys = {p.stem: tomli.loads(p.read_text(encoding="utf-8"))["key"] for p in (here / "desk" / "records").iterdir()}
    assert keys["orders"] == ["no"]
    assert cli("new", "rule", "a/filled", "-r", "desk", "-k", "form").status == 0
    assert cli("check", "exports", "-r", "desk", "--as-of", "2024-03-01").status == 0


def test_a_header_that_stands_twice_is_told(cli: Cli, here: Path) -> None:
    Path("a.csv").write_text("id,day,day\n1,2024-01-01,2024-01-02\n", encoding="utf-8")
    ran = cli("new", "rulebook", "desk", "--from", "a.csv")
    assert (ran.status, ran.err) == (
        2, "checker: a.csv: header row: the header 'day' stands twice; rename one of the columns\n",
    )  # fmt: skip
    assert not Path("desk").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["rulebook", "My Book"], "My Book: this cannot be a rulebook's name; use lower case letters, digits and _"),
        (["rulebook", "desk"], "desk: it exists already; take another name or folder"),
        (
            ["rule", "late", "-r", "desk"],
            "late: this cannot be a rule's id; write TOPIC/NAME, in letters, digits, - and _",
        ),
        (["rule", "../x/y", "-r", "desk"], "../x/y: this cannot be a rule's id"),
        (
            ["rule", "a/b", "-r", "desk", "-k", "deadlin"],
            "no draft of such a rule; did you mean deadline?",
        ),
        (["rule", "a/b", "-r", "desk", "--record", "visit"], "--record visit: there is no such record type"),
        (["rule", "a/b", "-r", "desk", "--clause", "9"], "--clause 9: it is not in clauses.toml; choose from 1"),
        (["rule", "request/late", "-r", "desk"], "it exists already"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_line(cli: Cli, here: Path, words: list[str], told: str) -> None:
    cli("new", "rulebook", "desk")
    ran = cli("new", *words)
    assert ran.status == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
