"""A rulebook from outside, on one hundred real records that bear their owner's own verdict."""

import datetime as dt

import pytest

from checker.auditing import audit
from checker.plugins import rulebooks


@pytest.mark.parametrize(
    ("as_of", "violations", "pending"), [(dt.date(2022, 6, 1), 17, 0), (dt.date(2022, 4, 1), 16, 1)]
)
def test_as_many_are_late_as_the_city_says(as_of, violations, pending):
    books = rulebooks(["fixtures/boston311/rulebook"])
    report = audit(["fixtures/boston311/data"], books, as_of)
    outcomes = {result.rule.id: dict(result.outcomes) for result in report.rules}
    assert outcomes["boston311/case/closed-by-target"] == {
        "pass": 72,
        "violation": violations,
        "pending": pending,
        "not_applicable": 11,
        "not_assessed": 0,
    }
    assert outcomes["boston311/case/city-verdict"]["violation"] == 0
