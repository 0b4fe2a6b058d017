"""``checker check``: formats, exit status, options; the same bytes each time."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from checker.rulebook.rule import SEVERITIES

Cli = Callable[..., Any]
RULE = "desk/request/late"
FIXTURES = Path(__file__).parents[2] / "fixtures"
ONE = ("-r", "book", "--select", RULE, "--as-of", "2023-03-01")


def outcomes(text: str) -> dict[str, int]:
    """Return the outcomes of a JSON report's only rule."""
    (rule,) = json.loads(text)["rules"]
    counted: dict[str, int] = rule["outcomes"]
    return counted


def test_the_json_report_says_everything(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", *ONE, "-f", "json")
    assert (ran.status, ran.err) == (1, "")
    report = json.loads(ran.out)
    assert report["schema_version"] == 1
    assert report["audit"]["as_of"] == "2023-03-01 23:59:59"
    (read,) = report["audit"]["inputs"]
    assert (read["path"], read["record"], read["rows"], read["encoding"]) == (
        "exports/requests.csv",
        "request",
        5,
        "utf-8",
    )
    assert report["summary"]["outcomes"] == {
        "pass": 1,
        "violation": 1,
        "pending": 1,
        "not_applicable": 1,
        "not_assessed": 1,
    }
    (violation,) = report["violations"]
    assert violation["key"] == "R2"
    assert violation["source"] == {"path": "exports/requests.csv", "sheet": None, "row": 3}
    assert (violation["rule"], violation["clause"], violation["severity"]) == (RULE, "D1", "critical")
    assert (violation["due_at"], violation["overdue"]) == ("2023-02-11", 86400)
    assert set(violation["message"]) == {"en", "zh"}
    assert [one["key"] for one in report["pending"]] == ["R3"]
    assert [one["key"] for one in report["not_assessed"]] == ["R5"]
    assert report["data_errors"] == []


def test_json_lines_are_the_findings_of_the_report(cli: Cli, small: Path) -> None:
    report = json.loads(cli("check", "exports", *ONE, "-f", "json").out)
    lines = [json.loads(line) for line in cli("check", "exports", *ONE, "-f", "jsonl").out.splitlines()]
    names = {"violations": "violation", "pending": "pending", "not_assessed": "not_assessed"}
    assert lines == [{"outcome": outcome, **one} for name, outcome in names.items() for one in report[name]]


def test_csv_opens_in_a_spreadsheet_with_its_chinese_intact(cli: Cli, small: Path) -> None:
    assert cli("check", "exports", *ONE, "-o", "out.csv", "-q", "--lang", "zh").status == 1
    content = (small / "out.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert any({"R2", RULE} <= set(row.values()) for row in rows)
    assert any("紧急请求" in str(cell) for row in rows for cell in row.values())


@pytest.mark.parametrize("name", ["table", "md"])
def test_people_read_tables(cli: Cli, small: Path, name: str) -> None:
    ran = cli("check", "exports", *ONE, "-f", name)
    assert ran.status == 1
    assert "R2" in ran.out
    assert "Due 2023-02-11" in ran.out
    assert "critical" in ran.out


def test_a_summary_has_a_line_for_each_rule_that_is_broken(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "summary")
    assert ran.status == 1
    whole = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json").out
    broken = {one["id"]: one["outcomes"] for one in json.loads(whole)["rules"] if one["outcomes"]["violation"]}
    lines = [line.split() for line in ran.out.splitlines() if "desk/" in line]
    assert {line[-1]: int(line[1]) for line in lines} == {rule: told["violation"] for rule, told in broken.items()}
    assert [line[0] for line in lines] == sorted((line[0] for line in lines), key=SEVERITIES.index)
    assert ran.out.splitlines()[-1].startswith(f"{sum(one['violation'] for one in broken.values())} violations (")
    assert "Due 2023-02-11" not in ran.out


def test_chinese_when_asked(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", *ONE, "--lang", "zh")
    assert ran.status == 1
    assert "紧急请求" in ran.out
    assert "Due 2023-02-11" not in ran.out
    assert cli("check", "exports", *ONE, "--lang=zh").out == ran.out


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv", "md", "txt"])
def test_a_report_is_written_as_it_is_printed(cli: Cli, small: Path, ending: str) -> None:
    assert cli("check", "exports", *ONE, "-o", f"out.{ending}", "--quiet") == (1, "", "")
    shown = cli("check", "exports", *ONE, "-f", "table" if ending == "txt" else ending, "--max-per-rule", "0").out
    with (small / f"out.{ending}").open(encoding="utf-8", newline="") as file:
        assert file.read() == shown


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv"])
def test_what_programs_read_is_the_same_on_every_console(
    cli: Cli, small: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("check", "exports", *ONE, "-o", f"out.{ending}", "-q")
    printed = io.BytesIO()
    console = io.TextIOWrapper(printed, encoding="gbk", newline="\r\n")  # as on Windows in Chinese
    monkeypatch.setattr(sys, "stdout", console)
    assert cli("check", "exports", *ONE, "-f", ending).status == 1
    assert printed.getvalue() == (small / f"out.{ending}").read_bytes()


@pytest.mark.parametrize(
    "command", [("due", "exports", *ONE), ("coverage", "-r", "book"), ("compare", "out.json", "out.json")]
)
def test_json_is_the_same_on_every_console(
    cli: Cli, small: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("check", "exports", *ONE, "-o", "out.json", "-q")
    expected = cli(*command, "-f", "json").out.encode()
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="gbk", newline="\r\n"))
    cli(*command, "-f", "json")
    assert printed.getvalue() == expected
    assert any(byte > 0x7F for byte in expected)


def test_several_reports_at_once(cli: Cli, small: Path) -> None:
    assert cli("check", "exports", *ONE, "-o", "a.json", "-o", "b.md", "-q").status == 1
    assert sorted(path.name for path in small.glob("*.*")) == ["a.json", "b.md"]


@pytest.mark.parametrize("command", ["check", "due"])
@pytest.mark.parametrize("data", ["exports", "exports/*", "exports/requests.xlsx"])
def test_no_report_is_written_over_an_export(cli: Cli, small: Path, command: str, data: str) -> None:
    (small / "exports" / "requests.xlsx").write_bytes(b"records")
    ran = cli(command, data, *ONE, "-o", "./exports/requests.xlsx")
    told = "checker: -o exports/requests.xlsx: it is one of the files to audit; name another one\n"
    assert (ran.status, ran.err) == (2, told)
    assert (small / "exports" / "requests.xlsx").read_bytes() == b"records"


def test_no_report_is_written_over_an_export_under_another_name(cli: Cli, small: Path) -> None:
    (small / "exports" / "REQUESTS.CSV").hardlink_to(
        small / "exports" / "requests.csv"
    )  # where case makes no difference
    ran = cli("check", "exports/requests.csv", *ONE, "-o", "exports/REQUESTS.CSV")
    assert (ran.status, ran.out) == (2, "")
    assert "it is one of the files to audit" in ran.err


def test_a_report_may_stand_beside_the_exports(cli: Cli, small: Path) -> None:
    for _run in range(2):
        assert cli("check", ".", *ONE, "-q", "-o", "report.html", "-o", "notices").status == 1


def test_two_runs_give_the_same_bytes(cli: Cli, root: Path, tmp_path: Path) -> None:
    pytest.importorskip("checker_property")
    names = ("report.json", "report.jsonl", "report.csv", "report.md", "report.txt")
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        outputs = [word for name in names for word in ("-o", tmp_path / run / name)]
        ran = cli("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", *outputs, "-q")
        assert ran == (1, "", "")
    for name in names:
        first, second = ((tmp_path / run / name).read_bytes() for run in ("first", "second"))
        assert first == second, name
        assert first


# exit status


def test_clean_is_0(cli: Cli, small: Path) -> None:
    assert cli("check", "exports", "-r", "book", "-s", RULE, "--as-of", "2023-02-11").status == 0


@pytest.mark.parametrize(
    ("selected", "threshold", "status"),
    [
        ("minor", "major", 0),
        ("minor", "minor", 1),
        ("minor", "info", 1),
        ("critical", "critical", 1),
        ("info", "minor", 0),
    ],
)
def test_severities_below_the_threshold_do_not_fail(
    cli: Cli, small: Path, selected: str, threshold: str, status: int
) -> None:
    one = ("-r", "book", "-s", selected, "--as-of", "2023-03-01", "-q")
    assert cli("check", "exports", *one, "--fail-on", threshold).status == status
    assert cli("check", "exports", *one).status == 1


def test_strict_fails_where_records_could_not_be_assessed(cli: Cli, small: Path) -> None:
    exports = small / "exports" / "requests.csv"
    lines = exports.read_text(encoding="utf-8").splitlines(keepends=True)
    exports.write_text("".join(line for line in lines if "R2" not in line), encoding="utf-8")
    assert cli("check", "exports", *ONE, "-q").status == 0
    assert cli("check", "exports", *ONE, "-q", "--strict").status == 1


# what is audited


@pytest.mark.parametrize(
    "data", [["exports"], ["exports/requests.csv"], ["exports/*.csv"], ["exports", "exports/requests.csv"]]
)
def test_folders_files_and_patterns_mean_the_same(cli: Cli, small: Path, data: list[str]) -> None:
    ran = cli("check", *data, *ONE, "-f", "json")
    assert outcomes(ran.out) == {"pass": 1, "violation": 1, "pending": 1, "not_applicable": 1, "not_assessed": 1}
    assert len(json.loads(ran.out)["audit"]["inputs"]) == 1


def test_files_that_are_no_data_are_named(cli: Cli, small: Path) -> None:
    (small / "exports" / "readme.docx").write_bytes(b"x")
    (small / "exports" / ".hidden.csv").write_bytes(b"x")
    report = json.loads(cli("check", "exports", *ONE, "-f", "json").out)
    assert report["audit"]["ignored_files"] == ["exports/readme.docx"]


def test_the_instant_may_have_a_clock(cli: Cli, small: Path) -> None:
    (small / "exports" / "requests.csv").write_text(
        "请求编号,等级,受理时间,办结时间\nR1,紧急,2023-02-01 09:00,2023-02-05 10:00\n", encoding="utf-8"
    )
    one = ("-r", "book", "-s", RULE, "-f", "json", "--as-of")
    assert outcomes(cli("check", "exports", *one, "2023-02-05 09:59").out)["pending"] == 1
    assert outcomes(cli("check", "exports", *one, "2023-02-05 10:00").out)["pass"] == 1
    assert outcomes(cli("check", "exports", *one, "2023-02-05T02:00:00+00:00").out)["pass"] == 1
    assert outcomes(cli("check", "exports", *one, "2023-02-05T01:59:00+00:00").out)["pending"] == 1


def test_without_an_instant_it_is_now_in_the_rulebooks_time_zone(cli: Cli, small: Path) -> None:
    one = ("check", "exports", "-r", "book", "-s", RULE, "-f", "json")
    with freeze_time("2023-03-02 15:59:59"):  # UTC; a second before midnight in Shanghai
        assert outcomes(cli(*one).out)["pending"] == 1
    with freeze_time("2023-03-02 16:00:00"):
        assert outcomes(cli(*one).out)["pending"] == 0


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ("desk/request/late", {"request/late"}),
        ("desk/request", {"request/late", "request/nameless", "request/not-visited"}),
        ("money", {"money/fee"}),
        ("D3", {"request/not-visited"}),
        ("minor", {"request/nameless"}),
        ("deadline", {"request/late", "request/not-visited"}),
        ("desk/request/anonymous", {"request/nameless"}),
    ],
)
def test_selectors(cli: Cli, small: Path, selector: str, chosen: set[str]) -> None:
    command = ("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json")
    every = {"request/late", "request/nameless", "request/not-visited", "money/fee"}
    for option, expected in (("--select", chosen), ("--ignore", every - chosen)):
        report = json.loads(cli(*command, option, selector).out)
        assert {rule["id"] for rule in report["rules"]} == {f"desk/{name}" for name in expected}


def test_a_rule_without_an_export_says_so(cli: Cli, small: Path) -> None:
    report = json.loads(cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json").out)
    (rule,) = [rule for rule in report["rules"] if rule["id"] == "desk/request/not-visited"]
    assert rule["outcomes"]["not_assessed"] == 2
    assert rule["reason"]["en"] == "not exported: Visit"
    assert [one["clause"] for one in report["manual_items"]] == ["D5"]


# settings


def test_a_value_set_for_one_run(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", *ONE, "-f", "json", "--set", f"{RULE}.within='11 days'")
    assert outcomes(ran.out)["pass"] == 2
    assert json.loads(ran.out)["rules"][0]["overrides"] == ["within=11 days"]
    ran = cli(
        "check", "exports", *ONE, "-f", "json", "--set", f"{RULE}.within=9 days", "--set", f"{RULE}.severity=info"
    )
    assert outcomes(ran.out)["violation"] == 2
    assert json.loads(ran.out)["rules"][0]["severity"] == "info"


def test_a_value_set_for_the_site(cli: Cli, small: Path) -> None:
    settings = f'rulebooks = ["book"]\n[rules."{RULE}"]\nwithin = "11 days"\n'
    (small / "site.toml").write_text(settings, encoding="utf-8")
    one = ("check", "exports", "-s", RULE, "--as-of", "2023-03-01", "-f", "json")
    assert outcomes(cli(*one, "--config", "site.toml").out)["pass"] == 2
    assert outcomes(cli(*one, "--config", "site.toml", "--set", f"{RULE}.within='10 days'").out)["pass"] == 1
    (small / "checker.toml").write_text(settings, encoding="utf-8")
    assert outcomes(cli(*one).out)["pass"] == 2


@pytest.mark.parametrize("settings", list(permutations(["before=resolved_at", "at=received_at"])))
def test_settings_that_are_right_only_together_in_any_order(cli: Cli, small: Path, settings: tuple[str, ...]) -> None:
    approval(small, 'signed = ["customer"]')
    words = [word for setting in settings for word in ("--set", f"desk/request/signed.{setting}")]
    ran = cli(
        "check", "exports", "-r", "book", "--as-of", "2023-03-01", "-s", "desk/request/signed", "-f", "json", *words
    )
    (rule,) = json.loads(ran.out)["rules"]
    assert rule["overrides"] == list(settings)


def test_settings_of_the_site_that_are_right_only_together(cli: Cli, small: Path) -> None:
    approval(small, 'signed = ["customer"]')
    settings = '[rules."desk/request/signed"]\nrole = "dept"\nallowed = ["front"]\n'
    (small / "checker.toml").write_text(settings, encoding="utf-8")
    assert cli("check", "exports", "-r", "book", "--as-of", "2023-03-01").status == 1


@pytest.mark.parametrize(
    ("table", "settings", "blamed"),
    [
        ('signed = ["customer"]', ["severity=info", "before=resolved_at"], ["before=resolved_at"]),
        ('signed = ["customer"]', ["before=resolved_at", "at=recieved_at"], ["at=recieved_at"]),
        ('at = "received_at"', ["at=resolved_at", "signed=[]", "before=fee", "severity=info"], ["before=fee"]),
        ('at = "received_at"', ["role=dpet", "severity=info", "allowed=['front']"], ["role=dpet", "allowed=['front']"]),
        ('at = "received_at"', ["before=fee", "at=fee"], ["at=fee"]),
    ],
)
def test_the_setting_that_makes_a_rule_wrong_is_blamed(
    cli: Cli, small: Path, table: str, settings: list[str], blamed: list[str]
) -> None:
    approval(small, table)
    words = [word for setting in settings for word in ("--set", f"desk/request/signed.{setting}")]
    (told,) = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", *words).err.splitlines()
    assert told.startswith(f"checker: {', '.join(f'--set desk/request/signed.{one}' for one in blamed)}: ")


def test_what_is_wrong_without_settings_too_is_told_of_the_file(cli: Cli, small: Path) -> None:
    approval(small, 'at = "recieved_at"')
    (told,) = cli(
        "check", "exports", "-r", "book", "--as-of", "2023-03-01", "--set", "desk/request/signed.severity=info"
    ).err.splitlines()
    assert told.startswith("checker: book/rules/request/signed.toml: approval.at: recieved_at is no field")


def approval(folder: Path, table: str) -> None:
    """Add a rule ``desk/request/signed`` to the rulebook."""
    text = 'title = { en = "a", zh = "a" }\nclause = "D1"\nseverity = "minor"\n[approval]\nrecord = "request"\n'
    (folder / "book/rules/request/signed.toml").write_text(text + table, encoding="utf-8")


def test_what_is_hidden_on_the_terminal_is_said(cli: Cli, small: Path) -> None:
    rows = "".join(f"D{number},紧急,2023-02-01 09:00,2023-02-20 09:00\n" for number in range(12))
    text = f"请求编号,等级,受理时间,办结时间\n{rows}"
    (small / "exports" / "requests.csv").write_text(text, encoding="utf-8")
    shown = cli("check", "exports", *ONE, "--max-per-rule", "5").out
    assert shown.count("Due 2023-02-11") == 5
    assert "7" in shown
    assert cli("check", "exports", *ONE, "--max-per-rule", "0").out.count("Due 2023-02-11") == 12


def test_personal_data_is_masked_unless_asked_for(cli: Cli, small: Path) -> None:
    masked = cli("check", "exports", *ONE, "-f", "json").out
    assert "1-102" not in masked
    assert "1-102" in cli("check", "exports", *ONE, "-f", "json", "--show-personal-data").out


def test_keys_that_stand_twice_are_data_errors(cli: Cli, small: Path) -> None:
    path = small / "exports" / "requests.csv"
    path.write_text(
        path.read_text(encoding="utf-8") + "R1,1-101,紧急,2023-02-01 09:00,2023-02-02 09:00,王伟,1\n", encoding="utf-8"
    )
    report = json.loads(cli("check", "exports", *ONE, "-f", "json").out)
    (error,) = report["data_errors"]
    assert (error["problem"], error["key"], error["source"]["row"]) == ("key twice", "R1", 2)
    assert error["also"] == [{"path": "exports/requests.csv", "sheet": None, "row": 7}]
    assert report["audit"]["inputs"][0]["rows_with_data_errors"] == 2
    assert report["rules"][0]["records"] == 6, "the rows stay in the audit"


def test_values_that_cannot_be_read_are_data_errors_with_their_place(cli: Cli, small: Path) -> None:
    path = small / "exports" / "requests.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2023-02-12 00:00", "二月"), encoding="utf-8")
    report = json.loads(cli("check", "exports", *ONE, "-f", "json").out)
    (error,) = report["data_errors"]
    assert (error["problem"], error["field"], error["value"]) == ("unreadable", "resolved_at", "二月")
    assert error["source"] == {"path": "exports/requests.csv", "sheet": None, "row": 3}
    assert [one["key"] for one in report["not_assessed"]] == ["R2", "R5"]


def test_records_later_than_the_audit_are_counted_and_no_rule_applies_to_them(cli: Cli, small: Path) -> None:
    before = (*ONE[:-1], "2023-02-10")
    report = json.loads(cli("check", "exports", *before, "-f", "json").out)
    (later,) = report["audit"]["later_than_audit"]
    assert (later["rulebook"], later["record"]) == ("desk", "request")
    assert later["rows"] == 3
    assert report["rules"][0]["outcomes"] == {
        "pass": 0,
        "violation": 0,
        "pending": 2,
        "not_applicable": 3,
        "not_assessed": 0,
    }
    assert (
        f"Later than the audit, so that no rule applies yet: Request {later['rows']}"
        in cli("check", "exports", *before).out
    )
    zh = cli("check", "exports", *before, "--lang", "zh", "-o", "report.html").out
    assert f"晚于检查时点、暂不适用任何规则：请求 {later['rows']}" in zh
    page = (small / "report.html").read_text(encoding="utf-8")
    assert f"applies yet: Request {later['rows']}</span>" in page
    assert f"暂不适用任何规则：请求 {later['rows']}</span>" in page


def test_an_event_later_than_the_audit_is_quoted_as_such(cli: Cli, small: Path) -> None:
    before = (*ONE[:-1], "2023-02-11")
    (violation,) = json.loads(cli("check", "exports", *ONE, "-f", "json").out)["violations"]
    (pending,) = (
        one
        for one in json.loads(cli("check", "exports", *before, "-f", "json").out)["pending"]
        if one["key"] == violation["key"]
    )
    assert pending["evidence"]["resolved_at"] == violation["evidence"]["resolved_at"] + " (> 2023-02-11)"


@pytest.mark.parametrize("visits", [None, "", "V1,R1\n"])
@pytest.mark.parametrize("command", [("check",), ("check", "-o", "report.json", "--quiet"), ("due",)])
def test_an_audit_that_judged_no_record_is_none(cli: Cli, small: Path, command: tuple[str, ...], visits: str) -> None:
    """Whatever else was read: of visits no rule speaks."""
    requests = small / "exports" / "requests.csv"
    requests.write_text(requests.read_text().splitlines()[0] + "\n")
    if visits is not None:
        (small / "exports" / "visits.csv").write_text(f"回访编号,请求编号\n{visits}")
    ran = cli(*command, "exports", "-r", "book", "--as-of", "2023-03-01")
    told = "it holds no record, so nothing was judged; export the records too, not their headers alone"
    assert (ran.status, ran.out, ran.err) == (2, "", f"checker: exports/requests.csv: {told}\n")
    assert not (small / "report.json").exists()


def test_an_audit_that_lacks_a_column_for_every_rule_is_none(cli: Cli, small: Path) -> None:
    """Its report says which columns these are."""
    (small / "exports" / "requests.csv").write_text("请求编号,备注\nR1,x\n")
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-o", "report.json")
    told = (
        "every rule reads a column that no export has, so nothing was judged; export these columns too, or say in"
        " checker.toml what they are called"
    )
    assert (ran.status, ran.err) == (2, f"checker: the data: {told}\n")
    assert "not exported: " in ran.out
    assert (small / "report.json").exists()


def test_an_audit_before_all_records_is_none(cli: Cli, small: Path) -> None:
    ran = cli("check", "exports", "-r", "book", "--as-of", "2013-03-01")
    told = "all of it lies later than the day of the audit, so nothing was judged; name a later day with --as-of"
    assert (ran.status, ran.out, ran.err) == (2, "", f"checker: the data: {told}\n")


@pytest.mark.parametrize(("day", "told"), [("2023-03-23", False), ("2023-03-24", True)])
def test_exports_that_end_long_before_the_audit_are_told(cli: Cli, small: Path, day: str, told: bool) -> None:
    ran = cli("check", "exports", "-r", "book", "--as-of", day, "-o", "report.json", "-o", "report.html")
    note = (
        "The last of all records is of 2023-02-20; what happened after it is not in the exports and counts as not"
        " having happened. --as-of 2023-02-20 judges them as of their end"
    )
    assert (note in ran.out.splitlines()) == told
    assert (f"{note}</span>" in (small / "report.html").read_text(encoding="utf-8")) == told
    (export,) = json.loads((small / "report.json").read_text())["audit"]["inputs"]
    assert (export["first_record"], export["last_record"]) == ("2023-02-01", "2023-02-20")


def test_the_last_record_is_the_last_as_of_the_audit(cli: Cli, small: Path) -> None:
    with (small / "exports" / "requests.csv").open("a", encoding="utf-8") as file:
        file.write("R6,1-106,普通,2032-02-20 09:00,,,5\n")
    report = json.loads(cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json").out)
    assert [one["last_record"] for one in report["audit"]["inputs"]] == ["2023-02-20"]


def test_an_export_without_a_record_is_told_beside_others(cli: Cli, small: Path) -> None:
    requests = small / "exports" / "requests.csv"
    (small / "exports" / "requests2.csv").write_text(requests.read_text().splitlines()[0] + "\n")
    (small / "exports" / "visits.csv").write_text("回访编号,请求编号\n")
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-o", "report.md", "-o", "report.html")
    told = "Without a single record: exports/requests2.csv, exports/visits.csv"
    assert ran.status == 1
    assert told in ran.out.splitlines()
    assert told in (small / "report.md").read_text(encoding="utf-8").splitlines()
    page = (small / "report.html").read_text(encoding="utf-8")
    assert f"{told}</span>" in page
    assert "没有一条记录的文件：exports/requests2.csv, exports/visits.csv</span>" in page


def test_files_that_an_editor_has_marked_as_utf8_are_read(cli: Cli, small: Path) -> None:
    before = cli("check", "exports", *ONE, "-f", "csv").out
    (small / "checker.toml").write_text('rulebooks = ["book"]\n', encoding="utf-8-sig")
    for file in (small / "book").rglob("*.toml"):
        file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert cli("check", "exports", "--select", RULE, "--as-of", "2023-03-01", "-f", "csv").out == before


def test_of_several_exports_that_fit_nothing_each_has_a_short_line(cli: Cli, small: Path) -> None:
    (small / "exports" / "甲.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (small / "exports" / "丙.csv").write_text("等级,乙,丙,丁\n1,2,3,4\n", encoding="utf-8")
    ran = cli("check", "exports", "-r", "book")
    assert ran.status == 2
    first, second = sorted(ran.err.splitlines())
    nearest = "(tried 2; nearest desk/request: 1 of 4 headers, key 请求编号 missing)"
    remedy = "leave it out, or see 'checker records --match'"
    assert first == f"checker: exports/丙.csv: the headers fit no record type {nearest}; {remedy}"
    assert second == f"checker: exports/甲.csv: the headers fit no record type (tried 2; no header is known); {remedy}"


@pytest.mark.parametrize("command", [("check",), ("due",), ("records", "--match")])
def test_exports_of_a_rulebook_that_was_not_asked_are_told_so(command: tuple[str, ...], cli: Cli, small: Path) -> None:
    pytest.importorskip("checker_eldercare")
    for name in ("服务券发放标准", "服务项目目录"):
        shutil.copy(FIXTURES / "eldercare" / f"{name}.csv", small / "exports")
    ran = cli(*command, "exports", "-r", "book")
    told = (
        "--rulebook book: eldercare, which was not asked, knows 2 of the exports refused; "
        "add --rulebook eldercare, or leave --rulebook out to ask all that are installed"
    )
    assert told in (ran.out + ran.err)
    assert (ran.out + ran.err).count("which was not asked") == 1
    (small / "checker.toml").write_text('rulebooks = ["book"]\n', encoding="utf-8")
    ran = cli(*command, "exports")
    problem = "eldercare, which was not asked, knows 2 of the exports refused"
    assert f"checker.toml: rulebooks: {problem}; name it there too" in (ran.out + ran.err)
    assert "which was not asked" not in cli(*command, "exports", "-r", "book", "-r", "eldercare").err
