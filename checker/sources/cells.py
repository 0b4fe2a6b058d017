"""How one export writes a field's cells, and the SQL that writes them as every export could.

What is peculiar to one file (codes with a legend in the header, a unit in the header, ranges, the order of day and
month) is put right text by text before the files of a record type become one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from checker.sources.mapping import DAY_FIRST, MONTH_FIRST
from checker.sql import call, column, first_of, joined_text, sql, text

YEAR_LAST = r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(\D|$)"
"""A day whose year stands last; day and month stand in an order that only the whole column tells."""

DAY_MONTH, MONTH_DAY = r"\3-\2-\1", r"\3-\1-\2"
"""The same day with the year first, for the two orders."""

_NUMBER = r"^\s*[-+]?[0-9][0-9,]*([.][0-9]*)?\s*$"
_EPOCH_DIFFERENCE = 1462
"""Days between the two beginnings that spreadsheets count from."""


@dataclass(frozen=True)
class Column:
    """Where a field stands in an export, and how.

    Attributes:
        name: The column's name in the scan; empty where only ``marks`` hold the field, or nothing does.
        header: Its header.
        part: 1 for the beginning, 2 for the end of a range ``A~B``.
        words: For cells, the word that each stands for; of a list, also for what stands in it.
        unit: The unit that the header gives to numbers without one.
        form: The order of day and month, or the strptime format, of a moment.
        from_1904: Whether a number that stands for a moment counts days from 1904.
        is_guarded: Whether its texts are kept from spreadsheets, as ``="007"`` or ``'007``.
        is_list: Whether it is a list of documents.
        marks: For a list of documents, the columns that each mark one, by its name.
    """

    name: str
    header: str = ""
    part: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    form: str = ""
    from_1904: bool = False
    is_guarded: bool = False
    is_list: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_left_out(self) -> bool:
        """Whether the export leaves the field out, which is optional."""
        return not (self.name or self.marks)

    @property
    def is_open(self) -> bool:
        """Whether there are cells whose format nobody gave."""
        return not (self.form or self.is_left_out)

    @property
    def text(self) -> exp.Expr:
        """The SQL of a cell's text, over the columns of the scan."""
        if self.marks:
            return joined_text("、", [_marked(column(name), word) for word, name in self.marks.items()])
        if self.is_left_out:
            return sql("CAST(NULL AS VARCHAR)")
        cell: exp.Expr = column(self.name)
        if self.is_guarded:
            bare = sql("REGEXP_REPLACE(:c, :p, :t)", c=cell, p=r'^\s*="(.*)"\s*$', t=r"\1")
            cell = sql("REGEXP_REPLACE(:c, :p, '')", c=bare, p=r"^\s*'")
        if self.part:
            cell = _part(cell, self.part)
        if self.words:
            plain = call("PLAIN", cell)
            whole = [(sql(":p = :w", p=plain, w=word), text(said)) for word, said in self.words.items()]
            cell = first_of(whole, _listed(plain, self.words) if self.is_list else cell)
        if self.unit:
            tidy = call("UNGROUPED", call("PLAIN", cell))
            cell = sql(
                "CASE WHEN REGEXP_LIKE(:c, :n) THEN :c || :u WHEN :r = '' AND NOT :v IS NULL THEN :t || :u ELSE :c END",
                c=cell,
                n=_NUMBER,
                u=self.unit,
                r=call("READ_UNIT", tidy),
                v=call("READ_NUMBER", tidy),
                t=tidy,
            )
        if self.from_1904:
            days = sql("TRY_CAST(:c AS DOUBLE)", c=cell)
            cell = sql(
                "CASE WHEN :d BETWEEN 5000 AND 98000 THEN CAST(:d + :e AS VARCHAR) ELSE :c END",
                d=days,
                e=_EPOCH_DIFFERENCE,
                c=cell,
            )
        return _year_first(cell, self.form) if self.form else cell


def _listed(plain: exp.Expr, words: Mapping[str, str]) -> exp.Expr:
    """Return a list in which what stands for another word is that word."""
    listed = sql("REPLACE(:l, '、', '、、')", l=call("READ_LIST", plain))  # so that neighbours share no comma
    for word, said in words.items():
        apart = sql("COALESCE(REPLACE(:w, '、', '、、'), '')", w=call("READ_LIST", text(word)))
        listed = sql("REPLACE(:l, SUBSTRING(:w, 2, LENGTH(:w) - 2), :s)", l=listed, w=apart, s=f"、{said}、")
    return sql("REGEXP_REPLACE(TRIM(:l, '、'), '、+', '、')", l=listed)


def _part(cell: exp.Expr, part: int) -> exp.Expr:
    """Return one end of a range; the whole cell, marked so that no moment reads it, where it is no range."""
    range_ = sql("REGEXP_REPLACE(:c, :p, '~')", c=cell, p=r"\s*(~|～|至|—+|\s-\s)\s*")
    return sql(
        "CASE WHEN :one THEN TRIM(SPLIT_PART(:r, '~', :p)) WHEN :n THEN :c ELSE :c || '~?' END",
        one=sql("SPLIT_PART(:r, '~', 3) = '' AND STR_POSITION(:r, '~') > 0", r=range_),
        r=range_,
        p=part,
        n=call("NO_MOMENT", call("PLAIN", cell)),
        c=cell,
    )


def _marked(cell: exp.Expr, word: str) -> exp.Expr:
    """Return a document's name where its column marks it; with the cell where that is neither yes nor no."""
    plain = call("PLAIN", cell)
    said = call("READ_YES_NO", plain)
    odd = sql("CASE WHEN :n THEN NULL ELSE :w || '=' || :c END", n=call("NO_NUMBER", plain), w=word, c=cell)
    return sql("CASE WHEN :c IS NULL OR NOT :s THEN NULL WHEN :s THEN :w ELSE :o END", c=cell, s=said, w=word, o=odd)


def _year_first(cell: exp.Expr, form: str) -> exp.Expr:
    """Return a moment written year first."""
    if form in (DAY_FIRST, MONTH_FIRST):
        day = DAY_MONTH if form == DAY_FIRST else MONTH_DAY
        turned = sql("REGEXP_REPLACE(:c, :p, :t)", c=cell, p=YEAR_LAST, t=day + r"\4")
        # a day that does not exist is told as it was written
        exists = sql("LEFT(REGEXP_REPLACE(:c, :p, :t), 10)", c=cell, p=YEAR_LAST + ".*", t=day)
        return sql(
            "CASE WHEN :e IS NULL THEN :c ELSE :t END", e=call("READ_TIME", exists, text("%Y-%m-%d")), c=cell, t=turned
        )
    read = call("READ_TIME", sql("TRIM(:c)", c=cell), text(form))
    length = 10 if not any(sign in form for sign in ("%H", "%I", "%X", "%T", "%c")) else 19
    return sql("COALESCE(LEFT(CAST(:r AS VARCHAR), :l), :c)", r=read, l=length, c=cell)
