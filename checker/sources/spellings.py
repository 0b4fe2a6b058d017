"""The spellings of values in exports, and the SQL functions that read them.

An **empty** spelling gives NULL, and so does a text that cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from checker.rulebook.spelling import INVISIBLE, NARROW, SPACE, WIDE
from checker.sql import FALSE, NULL, TRUE, Function, call, column, first_of, number, some, sql, text

EMPTY = (
    "",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "none",
    "null",
    "nil",
    "nat",
    "[]",
    "{}",
    "空",
    "－",
    "／",
)
"""Spellings of nothing, in lower case, in fields of every type; a text keeps its width, so both widths stand here."""

EMPTY_TEXT = (*EMPTY, "待定", "待补", "待签", "待填", "待确认", "未定", "未签", "未填", "暂缺", "暂无")
"""What also stands where a text is still to come."""

EMPTY_NAME = (*EMPTY_TEXT, "无", "没有")
"""What also stands where nobody or nothing is named."""

_CHINESE = ("\u3400", "\u9fff")
"""The first and the last of the commonest Chinese letters."""

_SPACES = SPACE + "\u3000"

_ERRORS = ("#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!")
"""What stands in a spreadsheet's cell in place of a text that its formula could not compute; a number of it is told."""

_SERIAL_0 = tuple(
    f"1899{sign}12{sign}{day}{clock}"
    for sign in "-/"
    for day in (30, 31)
    for clock in ("", " 00:00:00", " 0:00:00", " 0:00")
)
EMPTY_MOMENT = (*EMPTY, "无", "0", "0.0", *_SERIAL_0, "1900-01-00", "0000-00-00", "0000-00-00 00:00:00")
EMPTY_NUMBER = (*EMPTY, "无")

ENDLESS = ("长期", "长期有效", "永久", "永久有效", "无限期", "无固定期限", "permanent", "indefinite")
"""What stands for the last day of what has none: an identity card of the old, an agreement without an end."""

_AMOUNT = "^([-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:e[-+]?[0-9]+)?)([^0-9]*)$"
"""A number without commas, and the unit behind it."""

_ODD = "[\uff01-\uff5e\u3000\u00a0\u200b-\u200d\u2060\ufeff]"
"""The letters that ``WIDE`` and ``INVISIBLE`` hold, for a regular expression."""

YES = ("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已")
NO = ("否", "无", "n", "no", "false", "f", "0", "×", "✗", "✘", "x", "未", "没有")


def functions() -> list[Function]:
    """Return the SQL functions that read values."""
    r, p, zone = column("r"), column("p"), column("zone")
    raw, bare = (("r", "VARCHAR"),), (("p", "VARCHAR"),)
    yes_no = coded(p, [(YES, TRUE), (NO, FALSE)])
    spaced = sql(":r < '!' OR STARTS_WITH(:r, :wide) OR :ends", r=r, wide="\u3000", ends=_ends(r, _SPACES))
    trimmed = sql("CASE WHEN :spaced THEN TRIM(:r, :spaces) ELSE :r END", r=r, spaced=spaced, spaces=_SPACES)
    return [
        Function("NOTHING", bare, "BOOLEAN", among(p, EMPTY)),
        Function("READ_TEXT", raw, "VARCHAR", _unless(r, EMPTY_TEXT, trimmed)),
        Function("READ_WORD", raw, "VARCHAR", _unless(r, EMPTY_NAME, _identifier(r))),
        Function("PLAIN", raw, "VARCHAR", sql("LOWER(:w)", w=_word(r))),
        Function("NO_NUMBER", bare, "BOOLEAN", among(p, EMPTY_NUMBER)),
        Function("NO_MOMENT", bare, "BOOLEAN", among(p, EMPTY_MOMENT)),
        Function("FINITE", bare, "DOUBLE", _finite(p)),
        Function("UNGROUPED", bare, "VARCHAR", _ungrouped(p)),
        Function("READ_NUMBER", bare, "DOUBLE", _finite(extracted(p, _AMOUNT, 1))),
        Function("READ_UNIT", bare, "VARCHAR", extracted(p, _AMOUNT, 2)),
        Function("READ_YES_NO", bare, "BOOLEAN", yes_no),
        Function("COMMON_MOMENT", raw, "TIMESTAMP", _common(r, partial(_with_clock, r))),
        Function("COMMON_DAY", raw, "TIMESTAMP", _common(r, partial(read, r))),
        Function("READ_CLOCK", bare, "TIME", _clock(p)),
        Function("READ_MOMENT", (*bare, ("zone", "VARCHAR")), "TIMESTAMP", _moment(p, zone)),
        Function("READ_LIST", bare, "VARCHAR", _list(p)),
    ]


def read(value: exp.Expr, form: str) -> exp.Expr:
    """Return a text as a TIMESTAMP by a format; NULL where it does not fit."""
    return call("READ_TIME", value, text(form))


def dated(moment: exp.Expr) -> exp.Expr:
    """Return a moment; none where it is the first one of a spreadsheet, which stands for nothing."""
    return sql("CASE WHEN :m >= CAST('1900-01-01' AS TIMESTAMP) THEN :m END", m=moment)


def _common(raw: exp.Expr, by: Callable[[str], exp.Expr]) -> exp.Expr:
    """Read a moment as databases (2023-02-07 09:05:00) and spreadsheets (2023/2/7 9:05) write it.

    A look at one letter tells them apart; to try a format that does not fit takes ten times as long.

    Args:
        raw: The text.
        by: Reads it by a day's format.
    """
    return first_of([(sql("CONTAINS(:r, '/')", r=raw), by("%Y/%m/%d"))], by("%Y-%m-%d"))


def _with_clock(raw: exp.Expr, day: str) -> exp.Expr:
    # most with seconds are told by their length, which takes a third of looking for colons
    looks = sql("LENGTH(:r) = 19", r=raw), sql(":r LIKE '%:%:%'", r=raw)
    return first_of([(look, read(raw, f"{day} %H:%M:%S")) for look in looks], read(raw, f"{day} %H:%M"))


def among(value: exp.Expr, words: Iterable[str]) -> exp.Expr:
    """Return whether a text is one of some words."""
    return exp.In(this=value, expressions=[text(word) for word in words])


def _replaced(value: exp.Expr, pattern: str, by: str) -> exp.Expr:
    """Return the text with every match of a pattern replaced."""
    return exp.RegexpReplace(this=value, expression=text(pattern), replacement=text(by), modifiers=text("g"))


def like(value: exp.Expr, pattern: str) -> exp.Expr:
    """Return whether a text holds what a regular expression means."""
    return sql("REGEXP_LIKE(:v, :p)", v=value, p=pattern)


def extracted(value: exp.Expr, pattern: str, group: int) -> exp.Expr:
    """Return what a group of a regular expression finds in a text; the empty text where it does not fit."""
    return exp.RegexpExtract(this=value, expression=text(pattern), group=number(group))


def coded(
    value: exp.Expr, words: list[tuple[tuple[str, ...], exp.Expr]], otherwise: exp.Expr | None = None
) -> exp.Expr:
    """Return the value of the first list of spellings that holds a text; ``otherwise`` where none does."""
    return first_of([(among(value, spellings), code) for spellings, code in words], otherwise or NULL)


def _unless(raw: exp.Expr, empty: tuple[str, ...], value: exp.Expr) -> exp.Expr:
    """Return a value; NULL where the text is one of some words."""
    words = "|".join(map(re.escape, (*empty, *_ERRORS)))  # comparing with each takes four times as long
    pattern = like(raw, f"^(?i)[{_SPACES}]*({words})[{_SPACES}]*\\z")
    first, last = _CHINESE  # most short texts are Chinese words, and few of those say nothing
    chinese = sql(":r BETWEEN :first AND :last", r=raw, first=first, last=last)
    letters = dict.fromkeys(word[0] for word in empty if first <= word < last)
    known = [sql("STARTS_WITH(:r, :w)", r=raw, w=letter) for letter in letters]
    may_be = sql("NOT :c OR :k", c=chinese, k=some(known))
    short = sql("LENGTH(:r) <= 7 AND :m AND :n", r=raw, m=may_be, n=pattern)
    return sql("CASE WHEN :short THEN NULL ELSE :v END", short=short, v=value)


def _ends(raw: exp.Expr, letters: str) -> exp.Expr:
    """Return whether a text ends with one of some letters; to take its last letter first takes twice as long."""
    return some(sql("ENDS_WITH(:r, :s)", r=raw, s=letter) for letter in letters)


def _word(raw: exp.Expr) -> exp.Expr:
    """Return the text in half-width letters without space around it; few texts need the slow ways."""
    narrowed = sql("TRANSLATE(:r, :wide, :narrow)", r=raw, wide=WIDE + INVISIBLE, narrow=NARROW)
    return sql(
        "CASE WHEN :bare THEN :r WHEN :odd THEN TRIM(:n, :space) ELSE TRIM(:r, :space) END",
        r=raw,
        bare=sql("BYTES(:r) = LENGTH(:r) AND :r >= '!' AND NOT :e", r=raw, e=_ends(raw, SPACE)),
        odd=like(raw, _ODD),
        n=narrowed,
        space=SPACE,
    )


def _identifier(raw: exp.Expr) -> exp.Expr:
    """Return an identifier as a word; one that became a broken number on its way (``2135.0``) whole again."""
    whole = sql("REGEXP_REPLACE(:w, '^([0-9]+)[.]0$', :one)", w=_word(raw), one="\\1")
    return sql("CASE WHEN ENDS_WITH(:r, '.0') THEN :whole ELSE :w END", r=raw, whole=whole, w=_word(raw))


def _finite(value: exp.Expr) -> exp.Expr:
    """Return a text as a number; NaN and the infinities lie outside the bounds."""
    return sql("CASE WHEN :n BETWEEN -1e18 AND 1e18 THEN :n END", n=sql("TRY_CAST(:v AS DOUBLE)", v=value))


def _ungrouped(bare: exp.Expr) -> exp.Expr:
    """Return a number's text without signs of money, space and the commas between thousands; NULL for other commas."""
    minus = _replaced(bare, "^([¥￥]?)[(]([¥￥]?[0-9.,]+)[)]$", "-\\1\\2")  # as bookkeepers write it
    tidy = _replaced(minus, "[¥￥\\s]|^(人民币|rmb|cny|约|剩余)", "")
    groups = like(tidy, "^[^0-9]*[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?[^0-9,]*$")
    return sql("CASE WHEN NOT :p LIKE '%,%' THEN :t WHEN :g THEN REPLACE(:t, ',', '') END", p=bare, t=tidy, g=groups)


def _clock(bare: exp.Expr) -> exp.Expr:
    alone = _replaced(bare, "^(1899-12-3[01]|1904-01-01)[ t]", "")  # a spreadsheet's cell of a time has a day too
    colons = _replaced(alone, "^([0-9]{1,2})[:时点]([0-9]{1,2})?[:分]?([0-9]{1,2})?秒?$", "\\1:\\2:\\3")
    forms = exp.Array(expressions=[text(form) for form in ("%H:%M:%S", "%H:%M:", "%H::")])
    share = sql("TRY_CAST(:p AS DOUBLE)", p=bare)
    seconds_ = sql("CAST('1900-01-01' AS TIMESTAMP) + INTERVAL '1' SECOND * CAST(ROUND(:s * 86400) AS INT)", s=share)
    moment = sql(
        "CASE WHEN :n >= 0 AND :n < 1 THEN :s ELSE :m END", n=share, s=seconds_, m=call("READ_TIME", colons, forms)
    )
    return sql("CAST(:m AS TIME)", m=moment)


def _moment(bare: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Read every spelling of a moment; one without a clock comes out marked as a day."""
    # 2023年2月27日 9时5分, 2023/2/27 9:05 and 2023.2.27t09:05:00 all become 2023-2-27 9:05[:00]
    dashed = sql("TRANSLATE(:p, '年月/.日t时点分秒', '----  :::')", p=bare)
    days, clocks = ("%Y-%m-%d", "%Y%m%d"), (" %H:%M:%S", " %H:%M", " %H:%M:", " %H:", "", " %H:%M:%S-%f")
    forms = [*(day + clock for day in days for clock in clocks), "%Y%m%d%H%M%S"]
    read = call("READ_TIME", dashed, exp.Array(expressions=[text(form) for form in forms]))
    number = sql("TRY_CAST(:p AS DOUBLE)", p=bare)
    # spreadsheet serials count days from 1899-12-30
    seconds = "INTERVAL '1' SECOND * CAST(ROUND((:n - FLOOR(:n)) * 86400) AS INT)"
    serial = sql(f"CAST(CAST('1899-12-30' AS DATE) + CAST(FLOOR(:n) AS INT) AS TIMESTAMP) + {seconds}", n=number)
    mark = "INTERVAL '1' MICROSECOND * CASE WHEN :c THEN 0 ELSE 1 END"
    offset = " OR ".join(f":p LIKE '%:%{tail}'" for tail in ("z", "+__:__", "+____", "+__", "-__:__", "-____"))
    branches = [
        (
            sql(":n BETWEEN 10000 AND 99999", n=number),
            sql(f":s + {mark}", s=serial, c=sql(":n <> FLOOR(:n)", n=number)),
        ),
        (sql("NOT :y", y=like(bare, "^((19|20|21)[0-9]{2}|9999)")), NULL),
        (
            sql(offset, p=bare),
            sql("DATE_TRUNC('MILLISECOND', :m)", m=call("IN_ZONE", sql("UPPER(:p)", p=bare), zone)),
        ),
    ]
    # 2023/2/27 下午 2:05 becomes 2023-2-27 2:05 pm
    halved = _replaced(_replaced(dashed, "上午(.*)$", " \\1 am"), "下午(.*)$", " \\1 pm")
    tidy = _replaced(_replaced(halved, "\\s*([ap]m)$", " \\1"), "\\s+", " ")
    twelve = exp.Array(expressions=[text(f"%Y-%m-%d %I{rest} %p") for rest in (":%M:%S", ":%M", ":%M:", ":")])
    branches.append(
        (
            like(bare, "[上下]午|[ap]m$"),
            sql("DATE_TRUNC('MILLISECOND', :r)", r=call("READ_TIME", tidy, twelve)),
        )
    )
    clocked = sql("STR_POSITION(:d, ':') > 0 OR LENGTH(:p) = 14", d=dashed, p=bare)
    return first_of(branches, sql(f"DATE_TRUNC('MILLISECOND', :r) + {mark}", r=read, c=clocked))


def _list(bare: exp.Expr) -> exp.Expr:
    """Return the list between ideographic commas, ``、身份证、户口本、``; an empty list is NULL."""
    listed = bare
    for pattern, by in (
        ("(^|[\\s、,;|])[(]?[0-9]{1,2}[.)、]", "、"),  # the numbers of items
        ("[①-⒛]([^①-⒛、,;|\\s])", "、\\1"),
        ("[\\r\\n\\t]+", "、"),
        ("([一-鿿)]{2})\\s+([一-鿿(])", "\\1、\\2"),  # 合 同 is one word, spread out
        ("[\\[\\]{}\"'《》\\s]+", ""),
        ("[(](原件|正本|[0-9一二两三四五六七八九十]+[份张本页])[)]", ""),  # a copy may not be what is asked for
        ("[、,;|/+]+", "、"),
    ):
        listed = _replaced(listed, pattern, by)
    wrapped = sql("'、' || TRIM(:l, '、') || '、'", l=listed)
    return sql("CASE WHEN :n THEN NULL ELSE NULLIF(:w, '、、') END", n=among(bare, EMPTY_NUMBER), w=wrapped)
