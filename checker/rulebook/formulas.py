"""Formulas as reports quote them: with numbers in place of names, and in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORDS = {
    "abs": "绝对值",
    "age": "周岁",
    "and": "且",
    "as_of": "检查时点",
    "between": "介于",
    "case": "",
    "clock": "时刻",
    "coalesce": "首个非空值",
    "concat": "连接",
    "contains": "含有",
    "contains_any": "含有其一",
    "count": "数目",
    "day": "日期",
    "days_between": "相隔天数",
    "else": "否则",
    "end": "",
    "exists": "存在",
    "false": "否",
    "first": "最早",
    "first_day": "首日",
    "floor": "取整",
    "greatest": "最大值",
    "has": "列有",
    "in": "属于",
    "in_order": "先后有序",
    "is": "为",
    "last": "最晚",
    "last_day": "末日",
    "least": "最小值",
    "length": "字数",
    "like": "形如",
    "list": "清单",
    "max": "最大",
    "min": "最小",
    "minutes_between": "相隔分钟",
    "month": "月",
    "next_at": "下一时刻",
    "not": "非",
    "null": "空",
    "only": "只列有",
    "or": "或",
    "period": "月份",
    "plain": "半角文本",
    "power": "乘方",
    "round": "四舍五入",
    "shift": "推移",
    "starts_with": "开头为",
    "sum": "合计",
    "then": "则",
    "true": "是",
    "week_end": "周日",
    "weekday": "星期",
    "when": "若",
    "workday": "工作日",
    "year": "年",
    "yyyymmdd": "八位日期",
}
"""What the words and functions of expressions are called in Chinese."""

_TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|<>|<=|>=")
"""A text, a word, or a sign of two letters."""

_SIGNS = {"<>": "≠", "<=": "≤", ">=": "≥"}


def renamed(source: str, names: Mapping[str, str]) -> str:
    """Return an expression with some of its names replaced."""
    return _TOKEN.sub(lambda found: found[0] if _is_called(found) else names.get(found[0], found[0]), source)


def _is_called(found: re.Match[str]) -> bool:
    """Return whether a token is a function's name; a field may have the same."""
    return found.string[found.end() :].lstrip().startswith("(")


def in_chinese(source: str, names: Mapping[str, str]) -> str:
    """Return an expression in Chinese words, with some of its names replaced."""

    def said(found: re.Match[str]) -> str:
        token = found[0]
        own = "" if _is_called(found) else names.get(token, "")
        return own or _SIGNS.get(token) or _WORDS.get(token.lower(), token)

    return " ".join(_TOKEN.sub(said, source).split())
