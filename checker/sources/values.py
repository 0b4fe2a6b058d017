"""The spellings of values in exports, and the SQL that reads them.

Every column comes in as text; a rule sees what its field's type makes of it. An **empty** spelling gives NULL.
A text that the type cannot read gives NULL too and is a data error (``unreadable``). The common spelling is
tried first; all others take a slower way.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from checker.rulebook import moments
from checker.rulebook.model import RecordField
from checker.rulebook.spelling import INVISIBLE, NARROW, SPACE, WIDE, plain
from checker.sql import FALSE, column, first_of, sql, text

EMPTY = ("", "-", "--", "---", "—", "——", "/", "na", "n/a", "#n/a", "nan", "none", "null", "nil", "空")
"""Spellings of nothing, in lower case, in fields of every type."""

EMPTY_MOMENT = (*EMPTY, "无", "0", "1899-12-30", "1899/12/30", "1899-12-30 00:00:00", "0000-00-00")
EMPTY_NUMBER = (*EMPTY, "无")

_ODD = "[\uff01-\uff5e\u3000\u00a0\u200b-\u200d\u2060\ufeff]"
"""The letters that ``WIDE`` and ``INVISIBLE`` hold, for a regular expression."""

YES = ("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已")
NO = ("否", "无", "n", "no", "false", "f", "0", "×", "✗", "✘", "x", "未", "没有")


def typed(field: RecordField, raw: exp.Expr, *, identifier: bool, zone: str, scale: int = 1) -> exp.Expr:
    """Return the SQL of a field's value.

    Args:
        field: The field.
        raw: The text column as exported.
        identifier: Whether other records refer to it, so that full-width letters count as plain ones.
        zone: The time zone of moments that carry an offset.
        scale: By what the unit in the header multiplies numbers (万元: 10000).
    """
    match field.type:
        case "datetime":
            return sql(
                "COALESCE(:q, :s)", q=_read(raw, "%Y-%m-%d %H:%M:%S"), s=_call("READ_MOMENT", raw, text(zone))
            )
        case "date":
            moment = sql(
                "COALESCE(:q, :s)", q=_read(raw, "%Y-%m-%d"), s=_call("READ_MOMENT", raw, text(zone))
            )
            return sql("CAST(:m AS DATE)", m=moment)
        case "time":
            return _call("READ_CLOCK", raw)
        case "integer":
            number = _scaled(_call("READ_NUMBER", raw), scale)
            return sql("CASE WHEN :n = FLOOR(:n) THEN CAST(:n AS BIGINT) END", n=number)
        case "decimal" | "money":
            return _scaled(_call("READ_NUMBER", raw), scale)
        case "yes_no":
            return _coded(raw, [(YES, exp.true()), (NO, exp.false())], exp.Null())
        case "choice":
            other = _call("READ_WORD", raw) if field.open else exp.Null()
            return _coded(raw, [((code, *names), text(code)) for code, names in field.choices.items()], other)
        case "documents":
            return _call("READ_LIST", raw)
        case _:
            return _call("READ_WORD" if identifier else "READ_TEXT", raw)


def unreadable(field: RecordField, raw: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Return the SQL of whether a field holds something its type cannot read; FALSE for types that read all."""
    if not field.may_be_unreadable:
        return FALSE.copy()
    empty: tuple[str, ...] = EMPTY if field.type in ("yes_no", "choice") else EMPTY_NUMBER
    if field.type in ("date", "datetime", "time"):
        empty = EMPTY_MOMENT
    nothing = _among(_call("PLAIN", raw), empty)
    return sql(
        "CASE WHEN :v IS NULL AND NOT :r IS NULL THEN NOT :e ELSE FALSE END", v=value, r=raw, e=nothing
    )


def functions() -> dict[str, tuple[tuple[str, ...], exp.Expr]]:
    """Return the SQL functions that read values, each with its parameters and its body.

    An engine defines them once, in this order; ``READ_TIME`` and ``IN_ZONE`` it must know of itself.
    """
    r, zone = column("r"), column("zone")
    return {
        "PLAIN": (("r",), _plain(r)),
        "READ_TEXT": (("r",), _unless_empty(sql("TRIM(:r, :space)", r=r, space=SPACE + "\u3000"))),
        "READ_WORD": (("r",), _unless_empty(_word(r))),
        "READ_NUMBER": (("r",), _number(r)),
        "READ_CLOCK": (("r",), _clock(r)),
        "READ_MOMENT": (("r", "zone"), _moment(r, zone)),
        "READ_LIST": (("r",), _list(r)),
    }


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _read(value: exp.Expr, form: str) -> exp.Expr:
    return _call("READ_TIME", value, text(form))


def _among(value: exp.Expr, words: Iterable[str]) -> exp.Expr:
    return exp.In(this=value.copy(), expressions=[text(word) for word in words])


def _replaced(value: exp.Expr, pattern: str, by: str) -> exp.Expr:
    """Return the text with every match of a pattern replaced."""
    return exp.RegexpReplace(
        this=value.copy(), expression=text(pattern), replacement=text(by), modifiers=text("g")
    )


def _plain(raw: exp.Expr) -> exp.Expr:
    """Return the text in half-width lower case without space around it."""
    return sql("LOWER(:w)", w=_word(raw))


def _unless_empty(words: exp.Expr) -> exp.Expr:
    return sql(
        "CASE WHEN LENGTH(:t) > 4 THEN :t WHEN :e THEN NULL ELSE :t END",
        t=words,
        e=_among(sql("LOWER(:t)", t=words), EMPTY),
    )


def _word(raw: exp.Expr) -> exp.Expr:
    """Return the text in half-width letters without space around it; few texts need the slow ways."""
    narrowed = sql("TRANSLATE(:r, :wide, :narrow)", r=raw, wide=WIDE + INVISIBLE, narrow=NARROW)
    return sql(
        "CASE WHEN NOT :unusual THEN :r WHEN :odd THEN TRIM(:n, :space) ELSE TRIM(:r, :space) END",
        r=raw,
        unusual=_like(raw, "[^!-~]"),
        odd=_like(raw, _ODD),
        n=narrowed,
        space=SPACE,
    )


def _coded(raw: exp.Expr, words: list[tuple[tuple[str, ...], exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    """Return the code of a text by its spellings: as they stand, then whatever their width, case and space."""
    value = _call("PLAIN", raw)
    exact = [(_among(raw, spellings), code) for spellings, code in words]
    loose = [(_among(value, dict.fromkeys(map(plain, spellings))), code) for spellings, code in words]
    return first_of([*exact, *loose], otherwise)


def _scaled(number: exp.Expr, scale: int) -> exp.Expr:
    return sql(":n * :s", n=number, s=scale) if scale != 1 else number


def _number(raw: exp.Expr) -> exp.Expr:
    quick = sql("TRY_CAST(:r AS DOUBLE)", r=raw)
    bare = _replaced(_call("PLAIN", raw), "^[¥$]|[,\\s]|(元|人民币)$", "")
    # NaN and the infinities lie outside every bound
    return sql(
        "CASE WHEN :q BETWEEN -1e18 AND 1e18 THEN :q WHEN :s BETWEEN -1e18 AND 1e18 THEN :s END",
        q=quick,
        s=sql("TRY_CAST(:b AS DOUBLE)", b=bare),
    )


def _clock(raw: exp.Expr) -> exp.Expr:
    colons = _replaced(_replaced(_call("PLAIN", raw), "[时点分]", ":"), "[:秒\\s]+$", "")
    clock = sql("CASE WHEN REGEXP_LIKE(:c, '^[0-9]{1,2}$') THEN :c || ':00' ELSE :c END", c=colons)
    return sql("CAST(COALESCE(:a, :b) AS TIME)", a=_read(clock, "%H:%M:%S"), b=_read(clock, "%H:%M"))


def _moment(raw: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Read every spelling of a moment but the commonest; one without a clock comes out marked as a day."""
    bare = _call("PLAIN", raw)
    # 2023年2月27日 9时5分, 2023/2/27 9:05 and 2023.2.27T09:05:00.123 become 2023-2-27 9:05[:00]
    dashed = bare
    for pattern, by in (
        ("^([0-9]{4})[年/.-]([0-9]{1,2})[月/.-]([0-9]{1,2})日?", "\\1-\\2-\\3 "),
        ("[时点分]", ":"),
        ("[:秒\\s]+$", ""),
        ("\\s*t\\s*|\\s+", " "),
        ("[.][0-9]+$", ""),
        ("^([0-9-]+ [0-9]{1,2})$", "\\1:00"),
    ):
        dashed = _replaced(dashed, pattern, by)
    serial = sql("TRY_CAST(:p AS DOUBLE)", p=bare)
    epoch = sql("CAST('1899-12-30' AS DATE) + CAST(FLOOR(:s) AS INT)", s=serial)
    seconds = sql("CAST(ROUND((:s - FLOOR(:s)) * 86400) AS BIGINT)", s=serial)
    branches = [
        (sql(":r IS NULL OR :n", r=raw, n=_among(bare, EMPTY_MOMENT)), exp.Null()),
        (_like(dashed, "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}$"), moments.marked(_read(dashed, "%Y-%m-%d"))),
        (
            _like(bare, ":.*([0-9]z|[+-][0-9]{2}:?[0-9]{2})$"),
            sql("DATE_TRUNC('MILLISECOND', :m)", m=_call("IN_ZONE", sql("UPPER(:p)", p=bare), zone)),
        ),
        (
            _like(dashed, "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]"),
            sql("COALESCE(:a, :b)", a=_read(dashed, "%Y-%m-%d %H:%M:%S"), b=_read(dashed, "%Y-%m-%d %H:%M")),
        ),
        (_like(bare, "^(19|20)[0-9]{6}$"), moments.marked(_read(bare, "%Y%m%d"))),
        (_like(bare, "^(19|20)[0-9]{12}$"), _read(bare, "%Y%m%d%H%M%S")),
        (
            _like(bare, "^(19|20)[0-9]{6} [0-9]{1,2}:"),
            sql("COALESCE(:a, :b)", a=_read(bare, "%Y%m%d %H:%M:%S"), b=_read(bare, "%Y%m%d %H:%M")),
        ),
        # spreadsheet serials count days from 1899-12-30
        (_like(bare, "^[0-9]{5}([.]0*)?$"), moments.marked(epoch)),
        (
            _like(bare, "^[0-9]{5}[.][0-9]+$"),
            sql("CAST(:e AS TIMESTAMP) + INTERVAL '1' SECOND * :n", e=epoch, n=seconds),
        ),
    ]
    return first_of(branches, exp.Null())


def _like(value: exp.Expr, pattern: str) -> exp.Expr:
    return sql("REGEXP_LIKE(:v, :p)", v=value, p=pattern)


def _list(raw: exp.Expr) -> exp.Expr:
    """Return the list between ideographic commas, ``、身份证、户口本、``; an empty list is NULL."""
    listed = _call("PLAIN", raw)
    for pattern, by in (
        ("(^|[\\s、,;|])[(]?[0-9]+[.)、]", "、"),  # the numbers of items
        ("[\\[\\]\"'《》\\s]+", ""),
        ("[、,;|]+", "、"),
    ):
        listed = _replaced(listed, pattern, by)
    wrapped = sql("'、' || TRIM(:l, '、') || '、'", l=listed)
    nothing = _among(_call("PLAIN", raw), EMPTY)
    return sql("CASE WHEN :r IS NULL OR :n THEN NULL ELSE :w END", r=raw, n=nothing, w=wrapped)
