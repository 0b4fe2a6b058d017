"""Values as text, computed by the engine for all findings at once, and the sentences around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlglot import exp

from checker.language import Language
from checker.rulebook.kind import Listing
from checker.rulebook.typed import Typed
from checker.sql import Function, call, column, first_of, joined_text, some, sql, text

BETWEEN = {"en": "; ", "zh": "；"}
"""What stands between sentences that follow one another."""

NOTHING = "—"
"""What stands for a fact that is empty."""

NONE = "…"
"""What stands for a list that names none, and for facts that are not told."""

_COMMA = {"en": ", ", "zh": "、"}


def masked(value: exp.Expr, *, wholly: bool = False) -> exp.Expr:
    """Return a text with its middle hidden: enough to recognise it beside the file, too little to know it.

    Args:
        value: The text.
        wholly: Whether its ends would tell it: it is yes or no, one of a few, or a list.
    """
    return sql("CASE WHEN :v <> '' THEN '***' END", v=value) if wholly else call("MASKED", value)


def shown(value: Typed, language: Language | None) -> exp.Expr:
    """Return a value as text, NULL where it is empty.

    Args:
        value: The value.
        language: The language of codes, yes and no, and lengths of time; ``None`` for the neutral form that
            evidence is kept in.
    """
    suffix = "_ZH" if language == "zh" else ""
    match value.type:
        case "datetime":
            return call("SHOW_MOMENT", value.sql)
        case "number":
            return call("SHOW_NUMBER", value.sql)
        case "yes_no":
            return call(f"SHOW_YES_NO{suffix}", value.sql)
        case "span":
            return call(f"SHOW_SPAN{suffix}", value.sql)
        case "documents":
            return sql("TRIM(:v, '、')", v=value.sql)
        case "text" if value.codes and language == "zh":
            named = [(sql(":v = :c", v=value.sql, c=code), text(label.zh)) for code, label in value.codes.items()]
            return first_of(named, value.sql)
        case _:
            return sql("CAST(:v AS VARCHAR)", v=value.sql)


def functions() -> list[Function]:
    """Return the SQL functions that show values."""
    v = column("v")
    shown_seconds = "CASE WHEN DAY_ONLY(:v) THEN 10 WHEN EXTRACT(SECOND FROM :v) = 0 THEN 16 ELSE 19 END"
    moment = sql(f"LEFT(CAST(:v AS VARCHAR), {shown_seconds})", v=v)
    number = sql(
        "CASE WHEN ROUND(:v, 6) = FLOOR(ROUND(:v, 6)) AND ABS(:v) < 9e18"
        " THEN CAST(CAST(ROUND(:v, 6) AS BIGINT) AS VARCHAR)"
        " WHEN ABS(:v) < 0.001 THEN REGEXP_REPLACE(CAST(CAST(:v AS DECIMAL(18, 6)) AS VARCHAR), '0+$', '')"
        " ELSE CAST(ROUND(CAST(:v AS DOUBLE), 6) AS VARCHAR) END",
        v=v,
    )
    mask = sql(
        "CASE WHEN LENGTH(:v) > 6 THEN LEFT(:v, 2) || '***' || RIGHT(:v, 2) ELSE LEFT(:v, 1) || '***' END",
        v=v,
    )
    yes_no = sql("CASE WHEN :v THEN 'yes' WHEN NOT :v THEN 'no' END", v=v)
    yes_no_zh = sql("CASE WHEN :v THEN '是' WHEN NOT :v THEN '否' END", v=v)
    return [
        Function("MASKED", (("v", "VARCHAR"),), "VARCHAR", mask),
        Function("SHOW_MOMENT", (("v", "TIMESTAMP"),), "VARCHAR", moment),
        Function("SHOW_NUMBER", (("v", "DOUBLE"),), "VARCHAR", number),
        Function("SHOW_YES_NO", (("v", "BOOLEAN"),), "VARCHAR", yes_no),
        Function("SHOW_YES_NO_ZH", (("v", "BOOLEAN"),), "VARCHAR", yes_no_zh),
        Function("SHOW_SPAN", (("v", "BIGINT"),), "VARCHAR", _span(v, (" d", " h", " min", " s"), " ")),
        Function("SHOW_SPAN_ZH", (("v", "BIGINT"),), "VARCHAR", _span(v, ("天", "小时", "分钟", "秒"), "")),
    ]


def _span(seconds: exp.Expr, units: tuple[str, str, str, str], gap: str) -> exp.Expr:
    """Return a length of time in its two largest units, the second left out where it is nought."""
    day, hour, minute, second = units

    def parts(large: int, small: int, of: str, rest: str) -> exp.Expr:
        first = sql(f"CAST(FLOOR(:s / {large}) AS BIGINT)", s=seconds)
        then = sql(f"CAST(FLOOR(MOD(:s, {large}) / {small}) AS BIGINT)", s=seconds)
        both = call("PRINTF", text(f"%d{of}{gap}%d{rest}"), first, then)
        return sql("REPLACE(:b, :nought, :of)", b=both, nought=f"{of}{gap}0{rest}", of=of)

    branches = [
        (sql(":s >= 86400", s=seconds), parts(86400, 3600, day, hour)),
        (sql(":s >= 3600", s=seconds), parts(3600, 60, hour, minute)),
        (sql(":s >= 60", s=seconds), parts(60, 1, minute, second)),
    ]
    return first_of(branches, call("PRINTF", text(f"%d{second}"), seconds))


class Template(NamedTuple):
    """A sentence around facts: its words before, between and behind them, and the facts' numbers.

    One part more than there are facts.
    """

    parts: tuple[str, ...]
    slots: tuple[int, ...]

    def filled(self, facts: Sequence[str | None]) -> str:
        """Return the sentence with the facts in it."""
        text = self.parts[0]
        for slot, part in zip(self.slots, self.parts[1:], strict=True):
            fact = facts[slot]
            text += (NOTHING if fact is None else fact) + part
        return text

    @property
    def unfilled(self) -> str:
        """The sentence without its facts, for where it is not true."""
        return NONE.join(self.parts)


def listed(listing: Listing, language: Language) -> exp.Expr:
    """Return the names of those whose condition holds, each once."""
    tests: dict[str, list[exp.Expr]] = {}
    for test, label in listing.items:
        tests.setdefault(label.in_(language), []).append(test)
    names = [sql("CASE WHEN :t THEN :n END", t=some(group), n=name) for name, group in tests.items()]
    return sql("COALESCE(NULLIF(:l, ''), :n)", l=joined_text(_COMMA[language], names), n=NONE) if names else text(NONE)
