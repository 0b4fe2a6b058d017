"""Units of numbers, in headers and in cells, and how many of a field's own unit each is."""

from __future__ import annotations

from collections.abc import Mapping

from checker.rulebook.model import RecordField

_MONEY = {
    "元": 1, "圆": 1, "人民币": 1, "元人民币": 1, "人民币元": 1, "rmb": 1, "cny": 1, "yuan": 1, "千元": 1e3,
    "万": 1e4, "万元": 1e4, "万元人民币": 1e4, "人民币万元": 1e4, "十万元": 1e5, "百万元": 1e6, "千万元": 1e7,
    "亿": 1e8, "亿元": 1e8, "人民币亿元": 1e8,
}  # fmt: skip
_TIME = {
    "秒": 1, "s": 1, "second": 1, "seconds": 1, "分": 60, "分钟": 60, "min": 60, "minute": 60, "minutes": 60,
    "时": 3600, "小时": 3600, "h": 3600, "hour": 3600, "hours": 3600, "天": 86400, "日": 86400, "d": 86400,
    "day": 86400, "days": 86400, "周": 604800, "week": 604800, "weeks": 604800,
}  # fmt: skip
_DIMENSIONS: tuple[Mapping[str, float], ...] = (
    _MONEY,
    _TIME,
    {"mm": 1, "毫米": 1, "cm": 10, "厘米": 10, "m": 1e3, "米": 1e3, "km": 1e6, "千米": 1e6, "公里": 1e6},
    {"m2": 1, "m²": 1, "㎡": 1, "平方米": 1, "平米": 1, "平方": 1, "公顷": 1e4},
    {"ml": 1, "毫升": 1, "l": 1e3, "升": 1e3, "m3": 1e6, "m³": 1e6, "㎥": 1e6, "立方米": 1e6, "方": 1e6},
    {"mg": 1, "毫克": 1, "g": 1e3, "克": 1e3, "斤": 5e5, "kg": 1e6, "千克": 1e6, "公斤": 1e6, "t": 1e9, "吨": 1e9},
    {"月": 1, "个月": 1, "month": 1, "months": 1, "年": 12, "year": 12, "years": 12},
    {"wh": 1, "kwh": 1e3, "千瓦时": 1e3, "度": 1e3},
    {"%": 1, "百分比": 1, "‰": 0.1},
)
_COUNTERS = frozenset("个件次人条份户台瓶张套本名位家间只把辆项笔组幢栋层盏扇块支盒箱包袋片颗粒岁星分")
_SHARES = {"%": 0.01, "‰": 0.001}


def factors(field: RecordField) -> dict[str, float]:
    """Return for each unit that a number of a field may carry how many of the field's own unit it is.

    A field without a unit takes counters as they are, shares of a hundred and, as money does, yuan.
    """
    base = _base(field)
    if (dimension := _dimension(base)) is not None:
        return {unit: size / dimension[base] for unit, size in dimension.items()}
    found: dict[str, float] = {**dict.fromkeys(sorted(_COUNTERS), 1), "万": 1e4, "亿": 1e8, **_SHARES}
    if base:
        found[base] = 1
        found |= {f"万{base}": 1e4}
    else:
        found |= _MONEY
    return found


def differs(field: RecordField, unit: str) -> bool:
    """Return whether a unit is known not to be a field's own: of another size, or of something else."""
    base, word = _base(field), unit.lower()
    own, other = _dimension(base), _dimension(word)
    return own is not None and other is not None and (own is not other or own[base] != other[word])


def own_unit(field: RecordField) -> str:
    """Return the unit of a field's numbers: yuan of money where nothing is said."""
    return field.unit or ("元" if field.type == "money" else "")


def _base(field: RecordField) -> str:
    return own_unit(field).lower()


def _dimension(word: str) -> Mapping[str, float] | None:
    """Return the units that measure what a unit does, in lower case, each with its size; none of one not known."""
    return next((one for one in _DIMENSIONS if word in one), None)


def is_money(word: str) -> bool:
    """Return whether a word is a unit of money."""
    return word.lower() in _MONEY


def is_length(field: RecordField) -> bool:
    """Return whether a field's numbers are lengths of time."""
    return field.unit.lower() in _TIME


def lengths() -> tuple[tuple[str, int], ...]:
    """Return the units of a length of time written out, ``4小时4分钟``, as patterns with their seconds."""
    return (("(?:天|日)", 86400), ("(?:小时|时)", 3600), ("(?:分钟|分)", 60), ("秒", 1))


def seconds(field: RecordField) -> float:
    """Return how many seconds the unit of a field of lengths of time is."""
    return _TIME[field.unit.lower()]


def is_unit(word: str) -> bool:
    """Return whether a word is a unit known."""
    return any(word.lower() in one for one in (*_DIMENSIONS, _COUNTERS))
