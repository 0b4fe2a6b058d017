"""How a column writes its field's cells: as its header tells, unless a site's mapping says otherwise."""

from __future__ import annotations

from collections.abc import Mapping as Map

from checker.rulebook.model import DATED, RecordField
from checker.rulebook.spelling import plain
from checker.rulebook.units import factors
from checker.sources import headers
from checker.sources.cells import Column
from checker.sources.export import Export
from checker.sources.mapping import Mapping
from checker.sources.spellings import NO, YES


def column_of(export: Export, index: int, name: str, field: RecordField, mapping: Mapping, part: int) -> Column:
    """Return how a column of an export writes a field.

    Args:
        export: The export.
        index: The column's place in it.
        name: The field's name.
        field: The field.
        mapping: What a site says of it.
        part: Which end of a range the field takes; 0 where it takes the whole cell.
    """
    column, header, form = export.columns[index], export.headers[index], mapping.formats.get(name, "")
    is_number = field.type in ("integer", "decimal", "money")
    return Column(
        column,
        header,
        part,
        words=_words(header, name, field, mapping),
        unit=_unit(export, header, field, form) if is_number else "",
        form="" if is_number else form,
        from_1904=export.from_1904 and field.type in DATED,
        is_guarded=column in export.guarded,
        is_list=field.type == "documents",
    )


def _words(header: str, name: str, field: RecordField, mapping: Mapping) -> dict[str, str]:
    """Return what cells mean, by their text."""
    mapped = mapping.values.get(name, {})
    if not mapped and field.type not in ("yes_no", "choice"):
        return {}
    words = {plain(cell): said for cell, said in mapped.items()}
    legend = headers.legend(header)
    for code, label in legend.items():
        words.setdefault(plain(code), _meaning(field, label, legend))
        if field.type == "yes_no":  # some cells hold what the code means
            words.setdefault(plain(label), _meaning(field, label, legend))
    return words


def _meaning(field: RecordField, label: str, legend: Map[str, str]) -> str:
    """Return what a code of a legend means: for yes or no, the label that denies is no, and the other yes."""
    if field.type != "yes_no" or plain(label) in (*YES, *NO):
        return label
    denying = [one for one in legend.values() if one.startswith(("不", "未", "无", "否", "没", "非", "not "))]
    if len(legend) == 2 and len(denying) == 1:
        return "no" if label in denying else "yes"
    return label


def _unit(export: Export, header: str, field: RecordField, form: str) -> str:
    """Return the unit of numbers that have none of their own, where it is not the field's."""
    known = factors(field)
    given = [form] if form else headers.units(header)
    if field.type == "money" and known.get(export.unit, 1) != 1 and not any(one in known for one in given):
        return export.unit
    return next((one for one in given if known.get(one, 1) != 1), "")
