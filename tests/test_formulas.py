"""Formulas as reports quote them."""

from __future__ import annotations

import pytest

from checker.rulebook.calls import FUNCTIONS
from checker.rulebook.formulas import in_chinese, renamed

NAMES = {"started_on": "开始日期", "visits": "看望：数目", "note": "备注"}


@pytest.mark.parametrize(
    ("source", "chinese"),
    [
        ("days_between(started_on, as_of)", "相隔天数(开始日期, 检查时点)"),
        ("coalesce(visits, 0) / 2", "首个非空值(看望：数目, 0) / 2"),
        ("CASE WHEN visits >= 2 THEN 'visits' ELSE note END", "若 看望：数目 ≥ 2 则 'visits' 否则 备注"),
        ("note(visits) + note", "note(看望：数目) + 备注"),
        ("note IS NOT NULL AND visits <> grace", "备注 为 非 空 且 看望：数目 ≠ grace"),
    ],
)
def test_in_chinese(source: str, chinese: str) -> None:
    assert in_chinese(source, NAMES) == chinese


def test_numbers_take_the_place_of_names_but_not_within_others_or_texts() -> None:
    put_in = renamed("visits + other_visits + 'visits'", {"visits": "{visits}"})
    assert put_in == "{visits} + other_visits + 'visits'"


def test_a_function_with_a_fields_name_stays_one() -> None:
    assert renamed("period(at) = period", {"period": "2023-02"}) == "period(at) = 2023-02"


def test_every_function_has_its_chinese() -> None:
    assert [name for name in FUNCTIONS if in_chinese(name, {}) == name] == []
