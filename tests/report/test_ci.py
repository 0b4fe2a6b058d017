"""What CI reads: SARIF, JUnit, GitLab code quality, GitHub annotations and step summary, coverage."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


def written(cli: Cli, name: str, *more: str) -> str:
    cli("check", "exports", *AS_OF, "-q", "-o", name, *more)
    return Path(name).read_text(encoding="utf-8")


def sarif(cli: Cli, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(cli, "out.sarif", *more))
    jsonschema.Draft4Validator(SCHEMA).validate(found)
    (run,) = found["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_places_violations_in_the_exported_file(cli: Cli, desk: Path) -> None:
    run = sarif(cli)
    report = json.loads(cli("check", "exports", *AS_OF, "-f", "json").out)
    assert [one["ruleId"] for one in run["results"]] == [one["rule"] for one in report["violations"]]
    late = next(one for one in run["results"] if one["ruleId"] == "desk/request/late")
    assert late["level"] == "error"
    place = late["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "exports/requests.csv"
    line = (desk / "exports" / "requests.csv").read_text().splitlines()[place["region"]["startLine"] - 1]
    assert line.startswith("R2,")
    assert run["tool"]["driver"]["rules"][late["ruleIndex"]]["id"] == late["ruleId"]


def test_sarif_tells_what_could_not_be_judged(cli: Cli, desk: Path) -> None:
    (invocation,) = sarif(cli)["invocations"]
    told = {one["associatedRule"]["id"]: one["message"]["text"] for one in invocation["toolConfigurationNotifications"]}
    assert told["desk/request/late"] == "2 of 7 records could not be assessed"
    assert "visit" in told["desk/request/not-visited"].lower()
    (wrong,) = invocation["toolExecutionNotifications"]
    assert wrong["locations"][0]["physicalLocation"]["region"]["startLine"] == 8


def test_sarif_marks_waived_and_known_results(cli: Cli, desk: Path) -> None:
    written(cli, "last.json")
    (desk / "w.csv").write_text("rule,key,reason,approver,until\ndesk,R2,agreed,Wang,2023-12-31\n")
    run = sarif(cli, "--waivers", "w.csv", "--baseline", "last.json")
    suppressed = [one for one in run["results"] if "suppressions" in one]
    assert [one["suppressions"][0]["justification"] for one in suppressed] == ["agreed (Wang, 2023-12-31)"]
    assert {one["baselineState"] for one in run["results"]} == {"unchanged"}


def test_sarif_lists_files_of_one_content_each(cli: Cli, desk: Path) -> None:
    for name in ("requests", "visits"):
        (desk / "exports" / f"{name}.csv").write_text("请求编号,回访编号,受理时间,等级\nA,B,2023-01-01,紧急\n")
    uris = [one["location"]["uri"] for one in sarif(cli)["artifacts"]]
    assert uris == ["exports/requests.csv", "exports/visits.csv"]


def test_a_record_without_a_key_is_not_called_none(cli: Cli, desk: Path) -> None:
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text().replace("R2,", ","))
    outputs = ("-o", "out.gitlab.json", "-o", "out.xml", "-o", "notices")
    printed = cli("check", "exports", *AS_OF, "-f", "github", *outputs).out
    page = (desk / "notices" / "notice-2023-03-01-front.html").read_text()
    for text in (printed, Path("out.gitlab.json").read_text(), Path("out.xml").read_text(), page):
        assert "—: Due 2023-02-11" in text
        assert "None" not in text


def test_a_row_that_is_no_line_has_no_region(cli: Cli, desk: Path) -> None:
    (desk / "exports" / "requests.csv").unlink()
    (desk / "exports" / "requests.json").write_text('[{"request_id": "R9", "fee": 500, "customer": "x"}]')
    (result,) = [one for one in sarif(cli)["results"] if one["ruleId"] == "desk/money/fee"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    assert result["locations"][0]["logicalLocations"][0]["name"] == "R9"


def test_junit_has_a_case_for_each_rule(cli: Cli, desk: Path) -> None:
    written(cli, "junit.xml")
    found = JUnitXml.fromfile("junit.xml")
    assert (found.tests, found.failures, found.skipped) == (4, 3, 1)
    cases = {case.name.split(":")[0]: case for suite in found for case in suite}
    (failure,) = cases["desk/money/fee"].result
    assert failure.message == "Fee too high: 2 of 7"
    assert [line.split(": ")[1] for line in failure.text.splitlines()] == ["R3", "R6"]
    (skipped,) = cases["desk/request/not-visited"].result
    assert "Visit" in skipped.message
    assert "not assessed 2" in cases["desk/request/late"].system_out


def test_junit_passes_what_is_known(cli: Cli, desk: Path) -> None:
    written(cli, "last.json")
    written(cli, "junit.xml", "--baseline", "last.json")
    assert JUnitXml.fromfile("junit.xml").failures == 0


def test_gitlab_code_quality(cli: Cli, desk: Path) -> None:
    found = json.loads(written(cli, "out.gitlab.json"))
    assert len(found) == 5
    late = next(one for one in found if one["check_name"] == "desk/request/late")
    assert late["location"] == {"path": "exports/requests.csv", "lines": {"begin": 3}}
    assert late["severity"] == "critical"
    assert len({one["fingerprint"] for one in found}) == 5


def test_github_annotations_and_summary(cli: Cli, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(desk / "summary.md"))
    ran = cli("check", "exports", *AS_OF, "-f", "github", "--max-per-rule", "1")
    lines = ran.out.splitlines()
    assert lines[0].startswith("::error file=exports/requests.csv,line=3,title=Urgent request not settled")
    assert lines[-1] == "::notice::… and 2 more (--max-per-rule shows more, -o FILE keeps all)"
    assert (desk / "summary.md").read_text().startswith("# Audit as of 2023-03-01 23:59:59")


def test_coverage_accounts_for_every_clause(cli: Cli, desk: Path) -> None:
    ran = cli("coverage", "book", "-f", "json")
    assert ran.status == 0
    told = {one["clause"]: one["disposition"] for one in json.loads(ran.out)}
    assert told == {"D1": "rule", "D2": "rule", "D3": "rule", "D4": "indicator", "D5": "manual"}
    assert "5 clauses: 3 rule, 1 indicator, 1 manual, 0 context, 0 unaccounted" in cli("coverage", "book").out
    clauses = desk / "book" / "clauses.toml"
    clauses.write_text(clauses.read_text() + '\n[D6]\nen = "New."\nzh = "新。"\n')
    ran = cli("coverage", "book", "--only", "unaccounted", "-f", "md")
    assert ran.status == 1
    assert "| D6" in ran.out
    assert "D5" not in ran.out
    assert cli("coverage", "book", "--only", "nothing").status == 2


def test_the_pre_commit_hook_calls_a_command_that_exists(cli: Cli, desk: Path) -> None:
    hook = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (entry,) = re.findall(r"^  entry: checker (.+)$", hook, re.MULTILINE)
    assert cli(*entry.split(), "exports", *AS_OF).status == 1
    assert re.findall(r"^  files: (.+)$", hook, re.MULTILINE) == [r"\.(csv|tsv|json|jsonl|xlsx)$"]


def test_the_documented_outputs_are_written(cli: Cli, desk: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
    named = set(re.findall(r"-o ([\w.-]+)", page))
    assert len(named) >= 6
    assert cli("check", "exports", *AS_OF, "-q", *(f"-o{name}" for name in named)).status == 1
    assert all((desk / name).is_file() for name in named)
    waivers = page.split("```toml")[1].split("```")[0]
    (desk / "w.toml").write_text(waivers.replace("property/complaint/major-resolution", "desk"))
    assert cli("check", "exports", *AS_OF, "-q", "--waivers", "w.toml").status == 1
