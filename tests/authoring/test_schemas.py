"""JSON Schemas for editors: they accept every rulebook file, refuse what reading refuses, are published."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli

from checker.authoring.schemas import schemas
from checker.kinds import KINDS

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]
FOLDERS = [path.parent for top in ("plugins", "tests", "fixtures") for path in (ROOT / top).rglob("rulebook.toml")]


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    return {name: jsonschema.Draft202012Validator(schema) for name, schema in schemas(KINDS).items()}


def as_json(value: Any) -> Any:
    """Return TOML's value as an editor hands it to a schema: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_rulebook_file_is_valid(folder: Path, validators: dict[str, Any]) -> None:
    sorts = {"records": "record", "rules": "rule"}
    wrong = []
    for path in sorted(folder.rglob("*.toml")):
        inside = path.relative_to(folder)
        sort = sorts.get(inside.parts[0], inside.stem)
        if sort in validators:
            content = as_json(tomli.loads(path.read_text(encoding="utf-8")))
            wrong += [f"{inside}: {error.message}" for error in validators[sort].iter_errors(content)]
    assert wrong == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"severty": "minor"}, "'severty' was unexpected"),
        ({"severity": "grave"}, "'grave' is not one of"),
        ({"title": {"en": "Late"}}, "'zh' is a required property"),
        ({"limit": {"record": "request", "value": "fee", "max": 1}}, "is valid under each of"),
        ({"deadline": {"record": "request", "to": "resolved_at", "withn": "3 days"}}, "'withn' was unexpected"),
        ({"deadline": None}, "None is not of type 'object'"),
        ({"example": [{"name": "one"}]}, "'expect' is a required property"),
    ],
)
def test_a_mistake_is_seen_while_typing(change: dict[str, Any], told: str, validators: dict[str, Any]) -> None:
    rule = as_json(tomli.loads((ROOT / "tests/book/rules/request/late.toml").read_text(encoding="utf-8")))
    assert not list(validators["rule"].iter_errors(rule))
    assert any(told in error.message for error in validators["rule"].iter_errors({**rule, **change}))


def test_editors_are_told_what_keys_mean(validators: dict[str, Any]) -> None:
    deadline = validators["rule"].schema["$defs"]["kind.deadline"]
    assert deadline["properties"]["to"]["description"] == "What has to have happened."
    undescribed = {
        f"{kind}.{key}"
        for kind in KINDS
        for key, node in validators["rule"].schema["$defs"][f"kind.{kind}"]["properties"].items()
        if "description" not in node
    }
    assert not undescribed


def test_editors_find_every_table_without_a_condition(validators: dict[str, Any]) -> None:
    """They complete what plain properties say, and look into no ``if``."""
    properties = validators["rule"].schema["properties"]
    assert {kind: properties[kind] for kind in KINDS} == {kind: {"$ref": f"#/$defs/kind.{kind}"} for kind in KINDS}


def taplo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the files of a folder as Even Better TOML does: both are the same program."""
    command = [Path(sysconfig.get_path("scripts"), "taplo"), "lint", "--colors", "never"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_taplo_accepts_every_file_here() -> None:
    ran = taplo(ROOT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert int(ran.stderr.split("found files total=")[1].split()[0]) > 500


@pytest.mark.parametrize(
    ("file", "right", "wrong", "told"),
    [
        ("rulebook.toml", "timezone", "timezon", "'timezon' was unexpected"),
        ("clauses.toml", "zh =", "cn =", "'cn' was unexpected"),
        ("records/request.toml", '"datetime"', '"datetme"', '"datetme" is not one of'),
        ("rules/request/late.toml", "within", "withn", "'withn' was unexpected"),
        ("rules/request/late.toml", "2024-02-04\ngiven", '"soon"\ngiven', '"soon" is not valid'),
    ],
)
def test_taplo_sees_a_mistake_in_a_new_rulebook(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, right: str, wrong: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    cli("new", "rulebook", "desk")
    assert taplo(tmp_path).returncode == 0
    path = tmp_path / "desk" / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    ran = taplo(tmp_path)
    assert ran.returncode == 1
    assert told in ran.stderr
    assert path.name in ran.stderr


def test_the_published_schemas_are_current(golden: Callable[[Path, str], None]) -> None:
    for name, schema in schemas(KINDS).items():
        golden(ROOT / "schema" / f"{name}.json", json.dumps(schema, ensure_ascii=False, indent=1) + "\n")


def test_the_command_prints_one_and_writes_all(cli: Cli, tmp_path: Path) -> None:
    assert json.loads(cli("schema", "rule").out)["title"] == "rules/TOPIC/NAME.toml"
    assert len(cli("schema", "--into", tmp_path / "s").out.split()) == len(list((tmp_path / "s").iterdir())) == 7
    ran = cli("schema", "rul")
    assert (ran.status, ran.err) == (2, "checker: rul: there is no such file in a rulebook; did you mean rule?\n")
