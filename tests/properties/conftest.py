"""Random tables for rules over the records of ``tests/spec/rulebook``."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import checker
from checker.kinds import KINDS
from checker.report.model import Report
from checker.rulebook.read import read_rulebook
from checker.rulebook.rulebook import Rulebook

# an audit takes a tenth of a second, so few examples of many rows; HYPOTHESIS_PROFILE=many looks longer
settings.register_profile(
    "few", max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("many", settings.get_profile("few"), max_examples=500, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))


@pytest.fixture(scope="session")
def book_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, str]], Rulebook]:
    """Make a rulebook of rules given as TOML, by name, without title, clause and severity."""

    def make(rules: Mapping[str, str]) -> Rulebook:
        folder = tmp_path_factory.mktemp("book") / "spec"
        shutil.copytree(Path(__file__).parent.parent / "spec" / "rulebook", folder)
        (folder / "rules").mkdir()
        for name, text in rules.items():
            head = 'title = { en = "t", zh = "t" }\nclause = "S"\nseverity = "major"\n'
            (folder / "rules" / f"{name}.toml").write_text(head + text, encoding="utf-8")
        return read_rulebook(folder, KINDS)

    return make


@pytest.fixture(scope="session")
def judged() -> Callable[..., Report]:
    """Audit rows of texts, by record type."""

    def judge(book: Rulebook, as_of: dt.date | dt.datetime, **tables: Sequence[Mapping[str, str]]) -> Report:
        with tempfile.TemporaryDirectory() as folder:
            for name, rows in tables.items():
                with (Path(folder) / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                    writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
                    writer.writeheader()
                    writer.writerows(rows)
            return checker.audit([folder], [book], as_of)

    return judge
