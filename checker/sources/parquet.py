"""Parquet: columns with types, as data warehouses export them."""

from __future__ import annotations

from pathlib import Path

import duckdb

from checker.errors import SourceError
from checker.language import _
from checker.sources.export import Export, File, ParquetScan
from checker.sources.heading import Heading

SUFFIXES = (".parquet",)


def read(file: File, _work: Path, _heading: Heading) -> list[Export]:
    """Return the one table of a Parquet file.

    Raises:
        SourceError: for a file that is no Parquet, or is cut short.
    """
    try:
        described = duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file.path)]).fetchall()
    except duckdb.Error as error:
        told = str(error).splitlines()[0].replace(str(file.path), file.place)
        raise SourceError(
            file.place, _("the Parquet file cannot be read ({reason})").format(reason=told), _("export it again")
        ) from None
    types = tuple((str(name), str(type_)) for name, type_, *_rest in described)
    names = tuple(name for name, _type in types)
    return [Export(file.place, file.name, file.origin, names, names, 1, "parquet", ParquetScan(file.path, types))]
