"""Parquet: columns with types, as data warehouses export them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from checker.errors import SourceError, aside
from checker.language import _
from checker.sources.export import Export, File, ParquetScan
from checker.sources.heading import Heading

SUFFIXES = (".parquet",)


_EXACT = {"FLOAT": 1 << 24, "DOUBLE": 1 << 53}
"""Up to where whole numbers keep all their digits."""


def read(file: File, _work: Path, heading: Heading) -> list[Export]:
    """Return the one table of a Parquet file.

    Raises:
        SourceError: for a file that is no Parquet, or is cut short, and for identifiers kept as broken numbers.
    """
    try:
        described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file.path)]).fetchall()
    except duckdb.Error as error:
        told = str(error).splitlines()[0].replace(str(file.path), file.place)
        raise SourceError(
            file.place, _("the Parquet file cannot be read") + aside(told), _("export it again")
        ) from None
    for name, kind in ((str(row[0]), str(row[1])) for row in described):
        if kind in _EXACT and heading.is_text(name):
            _check_whole(file, name, _EXACT[kind])
    types = tuple((str(name), str(type_)) for name, type_, *_rest in described)
    names = tuple(name for name, _type in types)
    return [Export(file.place, file.name, file.origin, names, names, 1, "parquet", ParquetScan(file.path, types))]


def _check_whole(file: File, name: str, exact: int) -> None:
    """Refuse a column of texts that is kept as numbers too large to keep their digits."""
    quoted = name.replace('"', '""')
    most = duckdb.execute(f'SELECT MAX(ABS("{quoted}")) FROM read_parquet(?)', [str(file.path)]).fetchall()[0][0]
    if most is not None and most > exact:
        raise SourceError(
            f"{file.place}: {name}",
            _("numbers as long as {number} have lost their last digits").format(number=int(most)),
            _("export it again with the column as text"),
        )
