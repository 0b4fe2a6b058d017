"""Sentences and values as text, computed by the engine for all findings at once."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable

from sqlglot import exp

from checker.language import Label, Language, translate
from checker.rulebook import moments
from checker.rulebook.expressions import Typed
from checker.rulebook.kind import Fact, Listing, Sentence
from checker.sql import first_of, joined_text, some, sql, text

Personal = Callable[[exp.Expr], bool]
"""Whether a value quotes a field that is masked."""

_BETWEEN = {"en": (", ", "; "), "zh": ("、", "；")}
_NOTHING = "—"


def shown(value: Typed, language: Language | None, personal: Personal = lambda _value: False) -> exp.Expr:
    """Return a value as text, NULL where it is empty.

    Args:
        value: The value.
        language: The language of codes, yes and no, and lengths of time; ``None`` for the neutral form that
            evidence is kept in.
        personal: Which values are masked.
    """
    plain = _shown(value, language)
    return masked(plain) if personal(value.sql) else plain


def masked(value: exp.Expr) -> exp.Expr:
    """Return a text with its middle hidden: enough to recognise it beside the file, too little to know it."""
    return sql(
        "CASE WHEN LENGTH(:v) > 6 THEN LEFT(:v, 2) || '***' || RIGHT(:v, 2) ELSE LEFT(:v, 1) || '***' END",
        v=value,
    )


def _shown(value: Typed, language: Language | None) -> exp.Expr:
    match value.type:
        case "datetime":
            clocked = sql("TIME_TO_STR(:v, '%Y-%m-%d %H:%M:%S')", v=value.sql)
            return sql(
                "CASE WHEN :o THEN LEFT(:c, 10) WHEN RIGHT(:c, 3) = ':00' THEN LEFT(:c, 16) ELSE :c END",
                o=moments.day_only(value.sql),
                c=clocked,
            )
        case "number":
            return sql(
                "CASE WHEN :v = FLOOR(:v) AND ABS(:v) < 1e15 THEN CAST(CAST(:v AS BIGINT) AS VARCHAR)"
                " ELSE CAST(ROUND(:v, 6) AS VARCHAR) END",
                v=value.sql,
            )
        case "yes_no":
            yes, no = ("是", "否") if language == "zh" else ("yes", "no")
            return sql("CASE WHEN :v THEN :y WHEN NOT :v THEN :n END", v=value.sql, y=yes, n=no)
        case "documents":
            return sql("TRIM(:v, '、')", v=value.sql)
        case "span":
            return _span(value.sql, language)
        case "text" if value.codes and language == "zh":
            named = [
                (sql(":v = :c", v=value.sql, c=code), text(label.zh)) for code, label in value.codes.items()
            ]
            return first_of(named, value.sql)
        case _:
            return sql("CAST(:v AS VARCHAR)", v=value.sql)


def _span(seconds: exp.Expr, language: Language | None) -> exp.Expr:
    """Return a length of time in its two largest units."""
    day, hour, minute = ("天", "小时", "分钟") if language == "zh" else (" d", " h", " min")
    gap = "" if language == "zh" else " "
    whole = sql("CAST(:s AS BIGINT)", s=seconds)

    def part(size: int, within: int | None, unit: str) -> exp.Expr:
        count = sql(f"CAST(FLOOR(:s / {size}) AS BIGINT)", s=whole)
        if within:
            count = sql(f"CAST(FLOOR(MOD(:s, {within}) / {size}) AS BIGINT)", s=whole)
        return sql("CAST(:c AS VARCHAR) || :u", c=count, u=unit)

    days, hours, minutes = part(86400, None, day), part(3600, 86400, hour), part(60, 3600, minute)
    return sql(
        "CASE WHEN :s >= 86400 AND MOD(:s, 86400) >= 3600 THEN :d || :g || :h WHEN :s >= 86400 THEN :d"
        " WHEN :s >= 3600 AND MOD(:s, 3600) >= 60 THEN :hours || :g || :m WHEN :s >= 3600 THEN :hours"
        " WHEN :s < 60 THEN CAST(:s AS VARCHAR) || :sec ELSE :m END",
        s=whole,
        d=days,
        h=hours,
        hours=part(3600, None, hour),
        m=minutes,
        g=gap,
        sec="秒" if language == "zh" else " s",
    )


def worded(sentence: Sentence, language: Language, personal: Personal) -> exp.Expr:
    """Return a sentence's text in one language."""
    template = translate(sentence.says, language)
    parts: list[exp.Expr] = []
    for words, name, _spec, _conversion in string.Formatter().parse(template):
        if words:
            parts.append(text(words))
        if name:
            parts.append(_quoted(sentence.facts[name], language, personal))
    return _concat(parts)


def _quoted(fact: Fact, language: Language, personal: Personal) -> exp.Expr:
    match fact:
        case Typed():
            return sql("COALESCE(:v, :n)", v=shown(fact, language, personal), n=_NOTHING)
        case Label():
            return text(fact.zh if language == "zh" else fact.en)
        case Sentence():
            return worded(fact, language, personal)
        case Listing():
            items = [(test, text(label.zh if language == "zh" else label.en)) for test, label in fact.items]
            return _listed(items, _BETWEEN[language][0])
        case _:
            parts = [worded(one, language, personal) for one in fact]
            return _concat([piece for part in parts for piece in (text(_BETWEEN[language][1]), part)][1:])


def _listed(items: Iterable[tuple[exp.Expr, exp.Expr]], between: str) -> exp.Expr:
    """Return the names of those whose condition holds, each once."""
    tests: dict[exp.Expr, list[exp.Expr]] = {}
    for test, name in items:
        tests.setdefault(name, []).append(test)
    shown_ = [sql("CASE WHEN :t THEN :n END", t=some(group), n=name) for name, group in tests.items()]
    return sql("COALESCE(NULLIF(:l, ''), '…')", l=joined_text(between, shown_)) if shown_ else text("…")


def _concat(parts: list[exp.Expr]) -> exp.Expr:
    merged: list[exp.Expr] = []
    for part in parts:
        if merged and isinstance(part, exp.Literal) and isinstance(merged[-1], exp.Literal):
            merged[-1] = text(merged[-1].name + part.name)
        else:
            merged.append(part)
    if len(merged) < 2:
        return merged[0] if merged else text("")
    return exp.Concat(expressions=merged, safe=True)
