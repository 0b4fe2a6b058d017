"""Parquet: columns with types, as data warehouses export them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import duckdb

from checker.errors import SourceError, aside
from checker.language import Label, _, both
from checker.sources.export import Export, File, ParquetScan
from checker.sources.heading import Heading

SUFFIXES = (".parquet",)


_EXACT = {"FLOAT": 1 << 24, "DOUBLE": 1 << 53}
"""Up to where whole numbers keep all their digits."""


def read(file: File, _work: Path, _heading: Heading) -> list[Export]:
    """Return the one table of a Parquet file.

    Raises:
        SourceError: for a file that is no Parquet, or is cut short.
    """
    try:
        described = duckdb.cursor().execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file.path)]).fetchall()
    except duckdb.Error as error:
        told = str(error).splitlines()[0].replace(str(file.path), file.place)
        raise SourceError(
            file.place, _("the Parquet file cannot be read") + aside(told), _("export it again")
        ) from None
    types = tuple((str(name), str(type_)) for name, type_, *_rest in described)
    names = tuple(name for name, _type in types)
    scan, lost = ParquetScan(file.path, types), partial(_lost, file, dict(types))
    return [Export(file.place, file.name, file.origin, names, names, 1, "parquet", scan, lost=lost)]


def _lost(file: File, types: Mapping[str, str], name: str) -> Label | None:
    """Return what to say of a column's numbers where they are too large to keep the digits of a text."""
    exact = _EXACT.get(types[name])
    if exact is None:
        return None
    quoted = name.replace('"', '""')
    question = f'SELECT MAX(ABS("{quoted}")) FROM read_parquet(?)'
    most = duckdb.cursor().execute(question, [str(file.path)]).fetchall()[0][0]
    if most is None or not exact < most < math.inf:
        return None
    return both("its numbers are too long to have kept their last digits")
