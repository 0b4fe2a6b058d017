"""The same records give the same findings, however they are written."""

from __future__ import annotations

from collections import Counter

import pytest
from disguises import DISGUISES, as_csv, records
from office import audited, findings

ROWS = records()


@pytest.fixture(scope="module")
def undisguised(tmp_path_factory):
    report = audited(as_csv()(ROWS, tmp_path_factory.mktemp("plain")))
    return findings(report)


def test_the_records_have_everything_to_be_found(undisguised):
    outcomes = Counter((one[0], one[1].word) for one in undisguised)
    assert {rule for rule, word in outcomes if word == "violation"} == set(range(12))
    assert {word for _rule, word in outcomes} >= {"violation", "pending"}


def differing(found, expected):
    """Return the first finding that differs, as it is and as it should be."""
    return next(([one, other] for one, other in zip(found, expected, strict=True) if one != other), [])


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_nothing(name, undisguised, tmp_path):
    report = audited(DISGUISES[name](ROWS, tmp_path))
    assert sum(one.rows for one in report.inputs) == len(ROWS)
    assert list(report.findings.data_errors())[:2] == []
    assert [one.unknown for one in report.inputs] == [()] * len(report.inputs)
    assert differing(findings(report), undisguised) == []
