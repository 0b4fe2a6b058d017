"""Records that are judged part by part, for want of memory, get what they get all at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from checker.auditing import audit
from checker.engines import engine
from checker.engines.duckdb_judging import Judging
from checker.plugins import installed, rulebooks
from checker.report.model import Report
from checker.rulebook.kind import Outcome

PLUGINS = [plugin.name for plugin in installed() if plugin.rulebooks]


@pytest.mark.parametrize("name", PLUGINS)
def test_parts(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def audited() -> Report:
        return audit([root / "fixtures" / name], rulebooks([name]), dt.date(2023, 6, 30), engine=engine())

    whole = audited()
    judge, divided = Judging._judge, set()

    def in_parts(self: Judging) -> None:
        if self.record.is_divisible:
            self.parts = 3
            divided.add(self.path)
        judge(self)

    monkeypatch.setattr(Judging, "_judge", in_parts)
    parts = audited()
    assert divided
    assert [(one.records, dict(one.outcomes)) for one in parts.rules] == [
        (one.records, dict(one.outcomes)) for one in whole.rules
    ]
    told = (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)
    assert list(parts.findings.of(*told)) == list(whole.findings.of(*told))
    assert list(parts.findings.data_errors()) == list(whole.findings.data_errors())
