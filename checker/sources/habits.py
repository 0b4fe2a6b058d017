"""What offices do to tables besides filling them in.

Units in a title, headings and totals on every page, lines of totals and signatures below the records, texts guarded
against spreadsheets, and numbers that a spreadsheet has cut short.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlglot import exp

from checker.rulebook.spelling import SPACE
from checker.rulebook.units import is_money
from checker.sources.export import Heads
from checker.sql import FALSE, NULL, TRUE, Function, call, column, every, first_of, joined_text, some, sql

SAMPLE = 1000
"""How many rows at the top of a table tell how its texts are written."""

_UNIT = re.compile(r"单位\s*[:：]?\s*([^\s,，;；:：、/()（）【】]+)")
_BLANK = "[ \u3000\t]*"
_TOTAL = (
    f"(本页|本月|本年|本期|总)?{_BLANK}(合{_BLANK}计|总{_BLANK}计|小{_BLANK}计|共{_BLANK}计|累{_BLANK}计|汇{_BLANK}总"
    f"|合{_BLANK}計|總{_BLANK}計){_BLANK}([:：(（][^\n]*)?|(?i:grand{_BLANK}|sub-?)?([Tt]otal|TOTAL)[sS]?:?"
)
_AMONG = f"{_TOTAL}|第{_BLANK}[0-9]+{_BLANK}页([ \u3000,，、/|(（共][^\n]*)?"
"""What the first words of a row say that is no record wherever it stands: a total, the number of a page."""
_IN_TOTALS = ("otal", "OTAL"), ("计", "計", "页", "汇")
_COUNT = r"(共计?|合计|总计|第)\s*\d+\s*[/页条行户人笔份个项].*|[-—\s]*(以下空白|以下无正文)[-—\s]*"
_NOTE = r"\(?\d{1,2}[、.)]\s*[^\d\s]\D{3}(.|\n)*|\(\D{4,}\)|以上(.|\n)*|(.|\n)*[。;]"
"""What a cell says that is all there is in a line below the records: an item of a list, a remark, a sentence."""
_LABEL = re.compile(r"[^:\d]{1,12}:(.|\n)*")
_SIGNED = r"(制表|填表|制单|编制|审核|复核|打印|导出|统计)(人|员|者|单位|部门|时间|日期)?"
_GUARDED = re.compile(r'="[^"]*"|\'[^\']+')
_AROUND = SPACE + "\u3000\ufeff"
_TELLING = 5
"""How many cells of a heading are looked at."""
_CUT_SHORT = re.compile(r"[1-9]([.]\d+)?E[+]\d\d")


def unit(titles: Iterable[Sequence[str]]) -> str:
    """Return the unit of money that a title gives to the table below it (``单位：万元``); empty where none does."""
    for row in titles:
        for cell in row:
            found = _UNIT.search(cell)
            if found and is_money(found[1]):
                return found[1]
    return ""


def is_below(cells: Sequence[str]) -> bool:
    """Return whether a line below the records is none: one of totals, labels (``制表人：…``), signatures, notes."""
    filled = [unicodedata.normalize("NFKC", cell).strip() for cell in cells if cell.strip()]
    if not filled:
        return False
    return (
        re.fullmatch(f"{_TOTAL}|{_COUNT}|{_SIGNED}", filled[0]) is not None
        or all(_LABEL.fullmatch(cell) for cell in filled)
        or (len(filled) == 1 and re.fullmatch(_NOTE, filled[0]) is not None)
    )  # fmt: skip


def heads(rows: Sequence[Sequence[str]], header: int, headers: Sequence[str]) -> Heads:
    """Return the rows that may stand again among the records, and are none: the headers and the titles above them.

    Of the headers' row only the columns with a header count; of any the first few tell it from records.

    Args:
        rows: The first rows of a table.
        header: Which of them holds the headers, of two the lower.
        headers: The headers; those that stand in the upper row of two among them.
    """
    width = len(headers)
    given = (tuple(cell.strip(_AROUND) for cell in row) for row in rows[: header + 1] if len(row) <= width)
    *above, last = ((*cells, *[""] * (width - len(cells))) for cells in given)
    lowest = tuple(cell if title.strip(_AROUND) else None for cell, title in zip(last, headers, strict=True))
    return tuple(_first(cells) for cells in (*above, lowest) if any(cells))


def _first(cells: Sequence[str | None]) -> tuple[str | None, ...]:
    """Return the first few cells that count; the others may be anything."""
    told = [place for place, cell in enumerate(cells) if cell is not None]
    filled = next(place for place, cell in enumerate(cells) if cell)
    last = max(told[:_TELLING][-1], filled)
    return tuple(cell if place <= last else None for place, cell in enumerate(cells))


def among(cells: Sequence[str], known: Heads) -> str | None:
    """Return how to call a row among the records that is none: a heading that stands again, a total, a page's number.

    Args:
        cells: What it holds.
        known: The rows at the top of the table.

    Returns:
        Its first words; ``None`` for a record.
    """
    for wanted in known:
        if all(word is None or cell.strip(_AROUND) == word for cell, word in zip(cells, wanted, strict=False)):
            return called([word or "" for word in wanted])
    first = next(filter(None, (cell.strip(_AROUND) for cell in cells[:_TELLING])), "")
    return called([first]) if re.fullmatch(_AMONG, first) else None


def first_words(width: int) -> exp.Expr:
    """Return the SQL of the first words of a row with so many columns ``c0``, ``c1`` …; NULL where there are none."""
    first, *others = (call("UNLESS_BLANK", column(f"c{index}")) for index in range(min(width, _TELLING)))
    return exp.Coalesce(this=first, expressions=others)


def is_blank(cells: Iterable[str]) -> bool:
    """Return whether a row holds no value: ``is_filled`` says the opposite in SQL."""
    return not any(cell.strip(_AROUND) for cell in cells)


def is_filled(width: int, words: exp.Expr) -> exp.Expr:
    """Return the SQL of whether a row with so many columns ``c0``, ``c1`` … holds a value at all.

    Args:
        width: The number of columns.
        words: Its first words, which most rows have.
    """
    others = [column(f"c{index}") for index in range(_TELLING, width)]
    if others:
        held = sql("NULLIF(TRIM(:c, :around), '')", c=joined_text("", others), around=_AROUND)
        words = exp.Coalesce(this=words, expressions=[held])
    return sql("NOT :w IS NULL", w=words)


def is_record(known: Heads, words: exp.Expr) -> exp.Expr:
    """Return the SQL of whether a row with the columns ``c0``, ``c1`` … is none of those; of most one cell tells.

    Args:
        known: The rows at the top of the table.
        words: Its first words, which are asked for more than once.
    """
    heads = [first_of([(_differs(index, word), TRUE) for index, word in _telling(one)], FALSE) for one in known]
    return every([*heads, sql("NOT COALESCE(:t, FALSE)", t=call("IS_TOTAL", words))])


def functions() -> list[Function]:
    """Return the SQL functions that give a cell's text unless it is blank, and say whether the text is a total's."""
    cell = column("c")
    trimmed = sql("TRIM(:c, :around)", c=cell, around=_AROUND)
    plainly = sql(":c BETWEEN '!' AND '~~'", c=cell)  # it begins with a letter of ASCII
    filled = first_of([(plainly, cell), (sql(":t <> ''", t=trimmed), cell)], NULL)
    # looking for a word takes a tenth of matching a pattern
    english, chinese = (some(sql("CONTAINS(:c, :w)", c=cell, w=word) for word in words) for words in _IN_TOTALS)
    may_be = first_of([(plainly, english)], some([english, chinese]))
    # under CASE, for AND asks both of every row
    total = sql("CASE WHEN :m THEN REGEXP_LIKE(:t, :p) ELSE FALSE END", m=may_be, t=trimmed, p=f"^({_AMONG})\\z")
    return [
        Function("UNLESS_BLANK", (("c", "VARCHAR"),), "VARCHAR", filled),
        Function("IS_TOTAL", (("c", "VARCHAR"),), "BOOLEAN", total),
    ]


def _telling(one: Sequence[str | None]) -> list[tuple[int, str]]:
    """Return the cells that such a row must have, the filled ones first: they tell it from most records."""
    return sorted(((index, word) for index, word in enumerate(one) if word is not None), key=lambda cell: not cell[1])


def _differs(index: int, word: str) -> exp.Expr:
    cell = column(f"c{index}")
    if not word:
        return sql("NOT :c IS NULL AND TRIM(:c, :around) <> ''", c=cell, around=_AROUND)
    return sql(
        ":c IS NULL OR STR_POSITION(:c, :w) = 0 OR TRIM(:c, :around) <> :w",  # to trim every record takes long
        c=cell,
        w=word,
        around=_AROUND,
    )


def counted(words: Iterable[str]) -> tuple[str, ...]:
    """Return how to call such rows, each with how often it stood there."""
    return tuple(f"{word} ×{count}" if count > 1 else word for word, count in Counter(words).items())


def called(cells: Sequence[str]) -> str:
    """Return how to call such a line: its first words, without what a label stands for."""
    first = next(cell.strip() for cell in cells if cell.strip())
    return re.split("[:：]", first)[0][:12]


def guarded(cells: Iterable[str]) -> bool:
    """Return whether all texts of a column are kept from spreadsheets, as ``="007"`` or ``'007``."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(_GUARDED.fullmatch(cell.strip()) for cell in filled)


def is_cut_short(cell: str) -> bool:
    """Return whether a text is a long number as a spreadsheet shows it, ``1.10101E+17``."""
    return _CUT_SHORT.fullmatch(cell.strip()) is not None
