"""A site's mapping: how its exports differ from what a rulebook expects."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map
from typing import Annotated, Any

from pydantic import Field, field_validator

from checker.errors import UsageError, nearest
from checker.language import _
from checker.rulebook.model import DATED, Model
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.units import is_unit

DAY_FIRST, MONTH_FIRST = "day first", "month first"


class Mapping(Model):
    """``[data.<record>]`` of ``checker.toml``.

    Attributes:
        files: Patterns of the names of files that hold the record type, besides the rulebook's.
        sheet: Patterns of the names of sheets, arrays and database tables that hold it.
        header_row: The row, as the user sees it, that holds the headers.
        columns: For a field, the header of its column.
        values: For a field, what its cells mean: a choice's code, ``yes``, ``no``, or another spelling.
        formats: For a field of a moment, ``day first``, ``month first`` or a strptime format; for a number, the
            unit of its cells.
    """

    files: tuple[str, ...] = ()
    sheet: str | tuple[str, ...] = ()
    header_row: Annotated[int, Field(ge=1)] | None = None
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    formats: dict[str, str] = {}

    @field_validator("values", mode="before")
    @classmethod
    def _yes_and_no(cls, values: Any) -> Any:  # noqa: ANN401  # whatever TOML holds
        """Take TOML's true and false for yes and no."""
        if not isinstance(values, dict):
            return values
        said = {True: "yes", False: "no"}
        return {
            field: {cell: said[word] if isinstance(word, bool) else word for cell, word in words.items()}
            if isinstance(words, dict)
            else words
            for field, words in values.items()
        }

    @property
    def sheets(self) -> tuple[str, ...]:
        """The patterns of sheets."""
        return (self.sheet,) if isinstance(self.sheet, str) else self.sheet


Mappings = Map[str, Mapping]
"""For a record type, named ``book/record``, how its exports differ."""


def by_record(given: Mappings, books: Iterable[Rulebook], place: str) -> dict[str, Mapping]:
    """Return mappings by the full names of their record types.

    Args:
        given: Mappings by names such as ``complaint`` or ``property/complaint``.
        books: The rulebooks at hand; a mapping for another one, named in full, is left out.
        place: Where the mappings stand, for messages.

    Raises:
        UsageError: for a record type or field that does not exist, and for formats that are none.
    """
    found: dict[str, Mapping] = {}
    records = {f"{book.name}/{name}": record for book in books for name, record in book.records.items()}
    loaded = {path.partition("/")[0] for path in records}
    for name, mapping in given.items():
        where = f"{place}: data.{name}"
        paths = [path for path in records if name in (path, path.partition("/")[2])]
        if not paths:
            if "/" in name and name.partition("/")[0] not in loaded:
                continue
            raise UsageError(
                where, _("there is no such record type"), nearest(name, {p.partition("/")[2] for p in records})
            )
        for path in paths:
            for key in ("columns", "values", "formats"):
                for field in getattr(mapping, key):
                    if field not in records[path].fields:
                        problem = _("{record} has no field {field!r}").format(record=path, field=field)
                        raise UsageError(f"{where}.{key}", problem, nearest(field, records[path].fields))
            for field, form in mapping.formats.items():
                _check_format(f"{where}.formats.{field}", records[path].fields[field].type, form)
            found[path] = mapping
    return found


def _check_format(where: str, kind: str, form: str) -> None:
    if kind in (*DATED, "time"):
        if form not in (DAY_FIRST, MONTH_FIRST) and "%" not in form:
            problem = _("{form!r} is no format of dates").format(form=form)
            raise UsageError(where, problem, _("write 'day first', 'month first' or a format such as '%d/%m/%Y'"))
    elif kind in ("integer", "decimal", "money"):
        if not is_unit(form):
            problem = _("{form!r} is no unit").format(form=form)
            raise UsageError(where, problem, _("write a unit such as '万元'"))
    else:
        problem = _("a field of type {type} has no format").format(type=kind)
        raise UsageError(where, problem, _("formats are for dates and numbers"))
