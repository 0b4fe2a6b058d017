"""Waivers, baselines, comparisons: what people settle is counted apart, never hidden, and known by rule and key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
LATE = "desk/request/late"

WAIVER = """\
[[waiver]]
rule     = "desk/request/late"
key      = "R2"
reason   = "spare part came late"
approver = "Chief Wang"
from     = 2023-02-01
until    = {until}
"""


def report(cli: Cli, *more: object) -> dict[str, Any]:
    ran = cli("check", "exports", *AS_OF, "-f", "json", *more)
    assert ran.err == ""
    found: dict[str, Any] = json.loads(ran.out)
    return found


def keys(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["rule"].rpartition("/")[2], one["key"]) for one in findings}


def test_a_waived_violation_is_counted_apart_on_its_last_day(cli: Cli, desk: Path) -> None:
    before = report(cli)
    (desk / "w.toml").write_text(WAIVER.format(until="2023-03-01"))
    after = report(cli, "--waivers", "w.toml")
    assert keys(before["violations"]) - keys(after["violations"]) == {("late", "R2")} == keys(after["waived"])
    assert after["waivers"][0] | {"violations": 1, "state": "in force"} == after["waivers"][0]
    (rule,) = [one for one in after["rules"] if one["id"] == LATE]
    assert sum(rule["outcomes"].values()) + rule["waived"] == rule["records"] == 7
    assert after["summary"]["waived"] == 1
    shown = cli("check", "exports", *AS_OF, "--waivers", "w.toml").out
    for line in (line.split() for line in shown.splitlines() if line.split()[:1] in ([LATE], ["all"])):
        if not all(word.isdigit() for word in line[1:]):
            continue  # it stands among those not assessed, too
        records, *outcomes = map(int, line[1:])
        assert sum(outcomes) == records


def test_a_waiver_ends_after_its_last_day(cli: Cli, desk: Path) -> None:
    (desk / "w.toml").write_text(WAIVER.format(until="2023-02-28"))
    found = report(cli, "--waivers", "w.toml")
    assert ("late", "R2") in keys(found["violations"])
    assert found["waivers"][0]["state"] == "expired"
    assert "expired" in cli("check", "exports", *AS_OF, "--waivers", "w.toml").out


def test_a_waiver_that_covers_nothing_is_reported(cli: Cli, desk: Path) -> None:
    (desk / "w.toml").write_text(WAIVER.format(until="2023-03-31").replace("R2", "R1"))
    assert "unused" in cli("check", "exports", *AS_OF, "--waivers", "w.toml").out


def test_a_selector_waives_all_rules_it_means_for_one_record(cli: Cli, desk: Path) -> None:
    (desk / "w.csv").write_text("规则,编号,理由,批准人,至\ndesk,R6,维修停工,王主任,2023年3月31日\n", encoding="gb18030")
    found = report(cli, "--waivers", "w.csv")
    assert keys(found["waived"]) == {("late", "R6"), ("fee", "R6")}


def test_all_violations_waived_is_clean(cli: Cli, desk: Path) -> None:
    keys_ = {one["key"] for one in report(cli)["violations"]}
    (desk / "w.csv").write_text(
        "rule,key,reason,approver,until\n" + "".join(f"desk,{key},r,a,2023-12-31\n" for key in sorted(keys_))
    )
    assert cli("check", "exports", *AS_OF, "-q").status == 1
    assert cli("check", "exports", *AS_OF, "-q", "--waivers", "w.csv").status == 0


def test_waivers_from_a_workbook(cli: Cli, desk: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["rule", "key", "reason", "approver", "until"])
    book.active.append([LATE, "R2", "agreed", "Wang", "2023/3/31"])
    book.save(desk / "w.xlsx")
    assert keys(report(cli, "--waivers", "w.xlsx")["waived"]) == {("late", "R2")}


def test_a_reason_of_several_lines(cli: Cli, desk: Path) -> None:
    reason = "agreed\nby phone\x0band letter"
    (desk / "w.csv").write_text(f'rule,key,reason,approver,until\n{LATE},R2,"{reason}",Wang,2023-12-31\n')
    (waiver,) = report(cli, "--waivers", "w.csv")["waivers"]
    assert waiver["reason"] == reason


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("rule,key,reason,until\ndesk,R1,r,2023-12-31\n", "w.csv: 2.approver: the key is missing; add it"),
        ("rule,key,reason,approver,untill\n", "w.csv: 'untill' is no column of waivers; did you mean until?"),
        ("rule,key,reason,approver,until\ndesk,R1,r,a,soon\n", "w.csv: 2.until: "),
        ("rule,key,reason,approver,until\ndesk/lat,R1,r,a,2023-12-31\n", "w.csv: desk/lat: it means no rule; did you"),
    ],
)
def test_a_malformed_waiver_ends_the_run(cli: Cli, desk: Path, content: str, message: str) -> None:
    (desk / "w.csv").write_text(content)
    ran = cli("check", "exports", *AS_OF, "--waivers", "w.csv")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"checker: {message}")
    assert ran.err.count("\n") == 1


def test_waivers_may_stand_in_several_files(cli: Cli, desk: Path) -> None:
    for number, key in enumerate(("R2", "R6")):
        (desk / f"{number}.csv").write_text(f"rule,key,reason,approver,until\n{LATE},{key},r,a,2023-12-31\n")
    found = report(cli, "--waivers", "0.csv", "--waivers", "1.csv")
    assert keys(found["waived"]) == {("late", "R2"), ("late", "R6")}


def test_with_a_baseline_only_new_violations_fail(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "last.json")
    assert cli("check", "exports", *AS_OF, "-q", "--baseline", "last.json").status == 0
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text() + "R8,1-108,前台,紧急,2023-02-01 09:00,,周杰,1\n")
    assert cli("check", "exports", *AS_OF, "-q", "--baseline", "last.json").status == 1
    found = report(cli, "--baseline", "last.json")
    assert keys([one for one in found["violations"] if not one["known"]]) == {("late", "R8")}
    assert found["summary"]["known"] == len(found["violations"]) - 1


def test_findings_are_the_same_in_another_order_encoding_and_header(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "old.json")
    exports = desk / "exports" / "requests.csv"
    head, *lines = exports.read_text().splitlines()
    text = "\n".join([head.replace("请求编号", "request_id"), *reversed(lines)])
    exports.unlink()
    (desk / "exports" / "请求登记.csv").write_text(text, encoding="gb18030")
    cli("check", "exports", *AS_OF, "-q", "-o", "new.json")
    ran = cli("compare", "old.json", "new.json", "-f", "json")
    counts = json.loads(ran.out)["counts"]
    assert ran.status == 0
    assert {change for change, count in counts.items() if count} == {"still open"}
    assert cli("check", "exports", *AS_OF, "-q", "--baseline", "old.json").status == 0


def test_a_renamed_rule_keeps_its_findings(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "old.json")
    rules = desk / "book" / "rules" / "request"
    text = (
        (rules / "late.toml")
        .read_text()
        .replace('severity = "critical"', f'severity = "critical"\nformerly = ["{LATE}"]')
    )
    (rules / "unsettled.toml").write_text(text)
    (rules / "late.toml").unlink()
    cli("check", "exports", *AS_OF, "-q", "-o", "new.json")
    counts = json.loads(cli("compare", "old.json", "new.json", "-f", "json").out)["counts"]
    assert counts["new"] == counts["fixed"] == counts["not told"] == 0


def test_compare_tells_new_worsened_fixed_waived_and_what_cannot_be_told(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "old.json")
    exports = desk / "exports" / "requests.csv"
    text = exports.read_text()
    text = text.replace("2023-02-12 00:00", "2023-02-11 10:00")  # R2 is right now
    text = text.replace("R3,1-103,前台,紧急,2023-02-20 09:00,,张敏,200", "R3,1-103,前台,紧急,2023-02-20 09:00,,张敏,?")
    exports.write_text(text)
    (desk / "w.csv").write_text("rule,key,reason,approver,until\ndesk/money,R6,r,a,2023-12-31\n")
    as_of = (*AS_OF[:2], "--as-of", "2023-03-05")
    cli("check", "exports", *as_of, "-q", "-o", "new.json", "--waivers", "w.csv")
    ran = cli("compare", "old.json", "new.json", "-f", "json")
    assert ran.status == 1
    told = {(one["rule"].rpartition("/")[2], one["key"]): one["change"] for one in json.loads(ran.out)["changes"]}
    assert told == {
        ("late", "R2"): "fixed",
        ("late", "R3"): "new",
        ("fee", "R3"): "not told",
        ("late", "R6"): "worsened",
        ("fee", "R6"): "waived",
        ("nameless", "R5"): "still open",
    }
    table = cli("compare", "old.json", "new.json", "--max", "1")
    assert table.status == 1
    assert "1 new, 1 worsened, 1 still open, 1 fixed, 1 waived, 1 not told" in table.out
    assert table.out.endswith("A finding whose record is no longer in the exports counts as fixed, too.\n")


@pytest.mark.parametrize("content", ["", "[]", '{"schema_version": 99}', "rule,key"])
def test_what_is_no_report_is_refused(cli: Cli, desk: Path, content: str) -> None:
    (desk / "last.json").write_text(content)
    for ran in (
        cli("check", "exports", *AS_OF, "--baseline", "last.json"),
        cli("compare", "last.json", "last.json"),
    ):
        assert ran.status == 2
        assert ran.err == "checker: last.json: it is no JSON report of this program; write one with -o report.json\n"


def test_the_later_report_named_first_is_refused(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "march.json")
    cli("check", "exports", *AS_OF[:2], "--as-of", "2023-03-05", "-q", "-o", "april.json")
    assert cli("compare", "march.json", "april.json").status == 1
    ran = cli("compare", "april.json", "march.json")
    told = "checker: april.json: its audit is later than that of march.json; name it last\n"
    assert (ran.status, ran.out, ran.err) == (2, "", told)


def test_a_report_that_breaks_off_is_told_in_one_line(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "last.json")
    last = (desk / "last.json").read_text(encoding="utf-8")
    (desk / "half.json").write_text(last[: last.index('"violations": [') + 300], encoding="utf-8")
    for ran in (cli("check", "exports", *AS_OF, "--baseline", "half.json"), cli("compare", "last.json", "half.json")):
        assert ran.status == 2
        assert re.fullmatch(r"checker: half\.json: it is no JSON: [^\n]+; name a report written with .+\n", ran.err)


TWICE = "{key},1-{room},前台,紧急,2023-02-01 09:00,{done},周杰,1\n"
"""A request: one that is done is right, one that is not is late."""


def twice(desk: Path, key: str, *done: str) -> None:
    """Add requests of one key."""
    exports = desk / "exports" / "requests.csv"
    rows = (TWICE.format(key=key, room=number, done=one) for number, one in enumerate(done, 201))
    exports.write_text(exports.read_text() + "".join(rows))


def late(findings: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [one for one in findings if (one["rule"], one["key"] or "") == (LATE, key)]


@pytest.mark.parametrize("key", ["R2", ""])
def test_records_of_one_key_are_known_apart_whatever_their_order(cli: Cli, desk: Path, key: str) -> None:
    exports = desk / "exports" / "requests.csv"
    twice(desk, key, "", "2023-03-05 09:00", "2023-02-02 09:00")
    prints = [one["fingerprint"] for one in late(report(cli)["violations"], key)]
    assert len(set(prints)) == len(prints) == 2 + bool(key)
    header, *lines = exports.read_text().splitlines(keepends=True)
    exports.write_text(header + "".join(reversed(lines)))
    assert [one["fingerprint"] for one in late(report(cli)["violations"], key)] == prints[::-1]


def test_a_baseline_knows_as_many_of_a_key_as_there_were(cli: Cli, desk: Path) -> None:
    twice(desk, "R2", "2023-02-02 09:00", "")
    cli("check", "exports", *AS_OF, "-q", "-o", "last.json")
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text().replace("2023-02-02 09:00", ""))
    assert cli("check", "exports", *AS_OF, "-q", "--baseline", "last.json").status == 1
    found = late(report(cli, "--baseline", "last.json")["violations"], "R2")
    assert [one["known"] for one in found] == [True, True, False]


def test_a_waiver_of_a_key_that_several_have_covers_none(cli: Cli, desk: Path) -> None:
    twice(desk, "R2", "")
    (desk / "w.toml").write_text(WAIVER.format(until="2023-03-01"))
    found = report(cli, "--waivers", "w.toml")
    assert late(found["waived"], "R2") == []
    assert len(late(found["violations"], "R2")) == 2
    assert found["waivers"][0]["violations"] == 0
