"""The columns and words by which a reviewed workbook is read back, in whichever language it was written."""

from __future__ import annotations

from collections.abc import Mapping

from checker.language import Label, both


def review_columns() -> Mapping[str, Label]:
    """Return the headers of the columns that matter in a reviewed workbook."""
    return {
        "fingerprint": both("fingerprint"),
        "rule": both("rule"),
        "key": both("key"),
        "conclusion": both("conclusion"),
        "remark": both("remark"),
        "approver": both("approver"),
        "until": both("waived until"),
        "rulebook": both("rulebook"),
        "clause": both("clause"),
        "answer": both("answer"),
        "by": both("inspector"),
        "on": both("seen on"),
    }


def conclusions() -> Mapping[str, Label]:
    """Return what an inspector may conclude of a finding."""
    return {"confirmed": both("confirmed"), "waived": both("waived")}


def answers() -> Mapping[str, Label]:
    """Return what an inspector may answer to a question."""
    return {"met": both("met"), "not met": both("not met"), "not applicable": both("not applicable")}
