"""Two JSON reports compared: what is new, fixed, still open, worse. Findings are known by their fingerprints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from checker.baseline import as_of, check_report, items
from checker.errors import UsageError
from checker.language import N_, _
from checker.rulebook.rule import SEVERITIES

Change = Literal["new", "worsened", "still open", "fixed", "waived", "not told"]
CHANGES: tuple[Change, ...] = (
    N_("new"),
    N_("worsened"),
    N_("still open"),
    N_("fixed"),
    N_("waived"),
    N_("not told"),
)
"""``worsened`` is later than before, or of a higher severity; ``fixed`` is not found any more: put right, or the record
is no longer in the exports, which a report does not list; ``not told`` is neither open nor shown to be fixed: its rule
did not run, or could not assess the record."""


class Comparison:
    """What has changed from one report to another.

    Args:
        old: The earlier JSON report.
        new: The later one.

    Raises:
        UsageError: for a file that is no JSON report, and where the earlier one is later.
    """

    def __init__(self, old: Path, new: Path) -> None:
        for path in (old, new):
            check_report(path)
        if as_of(old) > as_of(new):  # else what is fixed would be told as new
            raise UsageError(old, _("its audit is later than that of {new}").format(new=new), _("name it last"))
        self._old, self._new = old, new
        self._before = {one["fingerprint"]: _badness(one) for one in items(old, "violations")}
        self._now = {one["fingerprint"] for one in items(new, "violations")}
        self._waived = {one["fingerprint"] for one in items(new, "waived")}
        self._untold = {one["fingerprint"] for name in ("pending", "not_assessed") for one in items(new, name)}
        ran = [one for one in items(new, "rules") if one["records"]]
        self._ran = {name for one in ran for name in (one["id"], *one["formerly"])}

    def changes(self) -> Iterator[tuple[Change, dict[str, Any]]]:
        """Yield every violation of either report with what became of it, those of the new report first."""
        for one in items(self._new, "violations"):
            yield self._since(one), one
        for one in items(self._old, "violations"):
            if one["fingerprint"] not in self._now:
                yield self._gone(one), one

    def _since(self, one: dict[str, Any]) -> Change:
        before = self._before.get(one["fingerprint"])
        if before is None:
            return "new"
        severity, overdue = _badness(one)
        return "worsened" if severity < before[0] or overdue > before[1] else "still open"

    def _gone(self, one: dict[str, Any]) -> Change:
        if one["fingerprint"] in self._waived:
            return "waived"
        told = one["rule"] in self._ran and one["fingerprint"] not in self._untold
        return "fixed" if told else "not told"


def _badness(one: dict[str, Any]) -> tuple[int, int]:
    """Return how bad a violation is: the place of its severity, the worst first, and how late it is."""
    return SEVERITIES.index(one["severity"]), one["overdue"] or 0
