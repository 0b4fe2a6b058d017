"""Every other command: ``rules``, ``explain``, ``records``, ``test``, ``plugins``, help and version."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.rulebook.rulebook import Rulebook

Cli = Callable[..., Any]
RULE = "desk/request/late"
COMMANDS = ("check", "rules", "explain", "records", "test", "plugins")


def test_help_names_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.status == 0
    assert all(f"  {name} " in ran.out for name in COMMANDS)
    assert "Check exports" in ran.out
    assert "Check exports" not in cli("check", "--help", "--lang", "zh").out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(cli: Cli, name: str) -> None:
    ran = cli(name, "--help")
    assert ran.status == 0
    assert "--lang" in ran.out
    options = ran.out.partition("Options:")[2]
    assert not re.search(r"^  -.* <", options, re.MULTILINE), "a value is called by what it means, not by its type"


def test_version(cli: Cli) -> None:
    ran = cli("--version")
    assert ran.status == 0
    assert ran.out.strip().count(".") >= 1


def test_rules_lists_every_rule(cli: Cli, small: Path) -> None:
    ran = cli("rules", "-r", "book")
    assert ran.status == 0
    ids = [line.split()[0] for line in ran.out.splitlines()[2:-1]]
    assert sorted(ids) == ["desk/money/fee", "desk/request/late", "desk/request/nameless", "desk/request/not-visited"]
    assert "(our default)" in ran.out
    assert ran.out.splitlines()[-1] == "4 rules"


def test_rules_of_a_selector(cli: Cli, small: Path) -> None:
    assert cli("rules", "critical", "-r", "book").out.splitlines()[-1] == "1 rules"
    assert "紧急请求" in cli("rules", "-r", "book", "--lang", "zh").out


def test_the_help_for_the_version_is_in_the_language_asked_for(cli: Cli) -> None:
    assert "Show the version and exit." in cli("--help").out
    assert "Show the version and exit." not in cli("--help", "--lang", "zh").out


def test_explain_a_rule(cli: Cli, small: Path) -> None:
    ran = cli("explain", RULE, "-r", "book")
    assert ran.status == 0
    assert "Clause D1" in ran.out
    assert "within = 10 days" in ran.out
    assert "  violation: settled on the eleventh day\n    Due 2023-02-11 (received_at" in ran.out
    chinese = cli("explain", RULE, "-r", "book", "--lang", "zh").out
    assert "紧急请求超期未办结" in chinese
    assert "条款 D1：紧急请求10天内办结。" in chinese


def test_explain_a_rule_by_the_name_it_once_had(cli: Cli, small: Path) -> None:
    assert cli("explain", "desk/request/anonymous", "-r", "book").out.startswith("desk/request/nameless")


def test_explain_shows_our_defaults_and_what_a_site_has_set(cli: Cli, small: Path) -> None:
    ours = cli("explain", "desk/money/fee", "-r", "book").out
    assert "Our default, not the manual's: most" in ours
    assert "nobody has complained below it" in ours
    assert "within=7 days" in cli("explain", RULE, "-r", "book", "--set", f"{RULE}.within=7 days").out


@pytest.mark.parametrize(
    ("key", "outcome", "says"),
    [
        ("R1", "pass", "in time"),
        ("R2", "violation", "Due 2023-02-11"),
        ("R3", "pending", "still empty"),
        ("R4", "not_applicable", "does not apply"),
        ("R5", "not_assessed", "is empty"),
    ],
)
def test_explain_a_record(cli: Cli, small: Path, key: str, outcome: str, says: str) -> None:
    ran = cli("explain", RULE, "exports", "--record", key, "-r", "book", "--as-of", "2023-03-01")
    assert ran.status == 0
    assert f"exports/requests.csv:{int(key[1]) + 1}  {key}" in ran.out
    assert any(line.startswith("  Found: ") and says in line for line in ran.out.splitlines())
    assert ran.out.splitlines()[-1] == f"  = {outcome}"


def test_explain_a_record_tells_facts_of_the_step_that_decides_only(cli: Cli, small: Path) -> None:
    ran = cli("explain", RULE, "exports", "--record", "R3", "-r", "book", "--as-of", "2023-03-01")
    due = "Due 2023-03-02 (received_at 2023-02-20 09:00 + 10 days), resolved_at still empty."
    assert ran.out.splitlines()[-6:] == [
        "  Steps, of which the first that holds decides:",
        "  no  not_applicable: The rule does not apply.",
        "  no  not_assessed: received_at is empty.",
        "  no  pass: Due … (received_at … + 10 days), resolved_at …: in time.",
        f"  yes pending: {due}",
        "  = pending",
    ]


def test_explain_a_record_shows_what_cannot_be_read(cli: Cli, small: Path) -> None:
    export = small / "exports" / "requests.csv"
    export.write_text(export.read_text().replace("R5,1-105,,2023-02-20 09:00", "R5,1-105, 特急,昨天"))
    ran = cli("explain", RULE, "exports", "--record", "R5", "-r", "book", "--as-of", "2023-03-01")
    assert "  Found: grade, received_at cannot be read.\n" in ran.out
    assert "  grade = 特急 (cannot be read)\n  received_at = 昨天 (cannot be read)\n  resolved_at = —\n" in ran.out


def test_explain_a_record_in_chinese_names_choices_in_chinese(cli: Cli, small: Path) -> None:
    command = ("explain", RULE, "exports", "--record", "R2", "-r", "book", "--as-of", "2023-03-01")
    assert "  等级 = 紧急\n" in cli(*command, "--lang", "zh").out
    assert "  grade = urgent\n" in cli(*command).out


def test_explain_a_rule_in_chinese_gives_the_reason_in_chinese(cli: Cli, small: Path) -> None:
    assert "低于此数无投诉" in cli("explain", "desk/money/fee", "-r", "book", "--lang", "zh").out


def test_explain_a_record_agrees_with_the_audit(cli: Cli, root: Path) -> None:
    """Explain takes another way through the plan than the audit; what they say is the same."""
    pytest.importorskip("checker_property")
    command = ("fixtures/property", "-r", "property", "--as-of", "2023-03-01")
    rules = ("property/repair/follow-up-leak", "property/dunning/express-letter", "property/custody/fee")
    selected = [word for rule in rules for word in ("-s", rule)]
    report = json.loads(cli("check", *command, *selected, "-f", "json").out)
    found = [one for one in report["violations"] if one["rule"] in rules]
    assert found
    for one in (found[0], found[-1]):
        ran = cli("explain", one["rule"], command[0], "--record", one["key"], *command[1:])
        assert ran.out.splitlines()[-1] == "  = violation"
        assert one["message"]["en"] in ran.out


def test_records_lists_every_record_type(cli: Cli, small: Path) -> None:
    out = cli("records", "-r", "book").out
    assert "desk/request " in out
    assert "desk/visit " in out


def test_records_shows_fields_and_headers(cli: Cli, small: Path) -> None:
    out = cli("records", "request", "-r", "book").out
    assert "request_id *" in out
    assert "请求编号" in out
    assert "urgent、紧急" in out
    assert cli("records", "desk/request", "-r", "book").out == out


def test_templates_are_sheets_that_the_audit_reads(cli: Cli, small: Path, property_book: Rulebook) -> None:
    assert cli("records", "--template", "sheets", "-r", "property").status == 0
    assert len(list((small / "sheets").iterdir())) == len(property_book.records)
    (sheet,) = (small / "sheets").glob("*投诉*")
    header = sheet.read_text(encoding="utf-8-sig").strip()
    sheet.write_text(f"{header}\nTS1{',' * header.count(',')}\n", encoding="utf-8")
    ran = cli("check", "sheets", "-r", "property", "--as-of", "2023-03-01", "-f", "json")
    inputs = json.loads(ran.out)["audit"]["inputs"]
    assert {one["record"] for one in inputs} == set(property_book.records)
    assert all(one["unknown_columns"] == [] for one in inputs)


def test_every_template_has_a_name_that_files_may_have(cli: Cli, small: Path) -> None:
    records = small / "book" / "records"
    for name, title in (("request", "进/出：'请求'?"), ("visit", "进\\\\出：'请求'*")):
        text = (records / f"{name}.toml").read_text(encoding="utf-8")
        titled = re.sub('title.zh += ".*"', lambda _found, title=title: f'title.zh = "{title}"', text)
        (records / f"{name}.toml").write_text(titled, encoding="utf-8")
    assert cli("records", "--template", "sheets", "-r", "book").status == 0
    names = sorted(path.name for path in (small / "sheets").iterdir())
    assert names == ["进-出：'请求'- desk-visit.csv", "进-出：'请求'-.csv"]


def test_a_sheet_that_was_filled_in_is_not_written_over(cli: Cli, small: Path) -> None:
    assert cli("records", "--template", "sheets", "-r", "book").status == 0
    sheet = next((small / "sheets").glob("请求*"))
    filled = sheet.read_text(encoding="utf-8") + "R1\n"
    sheet.write_text(filled, encoding="utf-8")
    ran = cli("records", "--template", "sheets", "-r", "book")
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"checker: sheets/.+\.csv: the file is there already; name another folder\n", ran.err)
    assert sheet.read_text(encoding="utf-8") == filled


def test_test_runs_the_examples(cli: Cli, small: Path) -> None:
    ran = cli("test", "-r", "book")
    assert ran.status == 0
    assert f"ok    {RULE}: settled on the eleventh day" in ran.out
    assert ran.out.splitlines()[-1] == "8 examples of 4 rules, 0 failed"
    assert cli("test", RULE, "-q", "-r", "book").out == "2 examples of 1 rules, 0 failed\n"


def test_test_says_what_fails(cli: Cli, small: Path) -> None:
    rule = small / "book" / "rules" / "request" / "late.toml"
    text = (
        rule.read_text(encoding="utf-8")
        .replace('"violation"', '"pass"')
        .replace("due    = 2023-02-11", "due = 2023-02-12")
    )
    rule.write_text(text, encoding="utf-8")
    ran = cli("test", RULE, "-r", "book")
    assert ran.status == 1
    assert f"FAIL  {RULE}: settled in the last minute of the tenth day\n      expected pass, due 2023-02-12" in ran.out
    assert f"FAIL  {RULE}: settled on the eleventh day\n      expected pass\n      but was  violation" in ran.out
    assert f"FAIL  {RULE}: no example shows violation" in ran.out
    assert ran.out.splitlines()[-1] == "2 examples of 1 rules, 3 failed"


def test_plugins_lists_what_is_installed(cli: Cli) -> None:
    pytest.importorskip("checker_property")
    ran = cli("plugins")
    assert ran.status == 0
    assert "property" in ran.out
    assert "rulebook-checker-property" in ran.out


def test_of_exports_that_fit_nothing_the_match_tells_that_alone(cli: Cli, small: Path) -> None:
    (small / "exports" / "requests.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    ran = cli("records", "--match", "exports", "-r", "book")
    assert ran.status == 0
    assert "the headers fit no record type" in ran.out
    assert "no rule applies" not in ran.out


def test_a_rulebook_given_twice_is_read_once(cli, small):
    once = cli("rules", "-r", "book")
    assert cli("rules", "-r", "book", "-r", "./book", "-r", small / "book") == once
    assert cli("coverage", "book", "-r", "book") == cli("coverage", "book")
    assert "'checker records -r book'" in cli("records", "desk", "-r", "book", "-r", "book").err


def test_two_rulebooks_of_one_name_are_refused(cli, small):
    shutil.copytree(small / "book", small / "other")
    ran = cli("check", "exports", "-r", "book", "-r", "other")
    assert (ran.status, ran.err) == (2, "checker: --rulebook other: desk exists already; give it another name\n")
