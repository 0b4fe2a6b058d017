"""Databases: each table or view is an export, fetched where it holds a record type."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from checker.errors import SourceError, aside
from checker.language import _
from checker.sources.export import CsvScan, Export, File, ParquetScan, copied
from checker.sources.heading import Heading

SUFFIXES = (".db", ".sqlite", ".sqlite3")
_SQLITE, _POSTGRES = ("sqlite",), ("postgresql", "postgres")
_HIDDEN = 1
_TABLES = (
    "SELECT table_schema, table_name, array_agg(column_name::text ORDER BY ordinal_position)"
    " FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)


def is_url(word: str) -> bool:
    """Return whether a word is the address of a database."""
    return word.partition("://")[0] in (*_SQLITE, *_POSTGRES) and "://" in word


def read_url(url: str, work: Path, heading: Heading) -> list[Export]:
    """Return the tables of ``sqlite:///file.db`` or ``postgresql://user@host/database``.

    Raises:
        SourceError: for a database that is not there or cannot be read.
    """
    scheme, _between, rest = url.partition("://")
    if scheme in _POSTGRES:
        return _postgres(url, work)
    path = Path(unquote(rest.partition("?")[0].removeprefix("/")))
    if not rest.startswith("/") or not path.is_file():
        raise SourceError(url, _("there is no such file"), _("write sqlite:///FILE, or sqlite:////FILE from the root"))
    return read(File(path, path.as_posix(), path.stem, path), work, heading)


def read(file: File, work: Path, _heading: Heading) -> list[Export]:
    """Return the tables of an SQLite file.

    Raises:
        SourceError: for a file that is no database.
    """
    try:
        with closing(_opened(file.path)) as database:
            names = [
                name
                for (name,) in database.execute(
                    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
                    " ORDER BY name"
                )
            ]
            tables = {name: _columns(database, name) for name in names}
    except sqlite3.Error as error:
        raise _unreadable(file.place, error) from None
    if not tables:
        raise SourceError(file.place, _("the database holds no tables"), _("give another one"))
    exports: list[Export] = []
    for name, headers in tables.items():
        target = copied(work, ".csv")
        place = f"{file.place}:{name}"
        exports.append(
            Export(
                place,
                name,
                file.origin,
                tuple(headers),
                tuple(f"c{index}" for index in range(len(headers))),
                1,
                "sqlite",
                CsvScan(target, ",", len(headers), 0, has_empty_rows=False),
                fetch=partial(_fetch_sqlite, file.path, name, headers, target, place),
                container=file.place,
            )
        )
    return exports


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    """Return a table's columns, computed ones too; none of a view whose tables are gone."""
    try:
        return [row[1] for row in database.execute(f"PRAGMA table_xinfo({_name(table)})") if row[6] != _HIDDEN]
    except sqlite3.OperationalError as error:
        if not str(error).startswith(("no such", "error in view")):
            raise
        return []


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _fetch_sqlite(path: Path, table: str, headers: list[str], target: Path, place: str) -> None:
    """Write a table out as texts; what is no text is written in hexadecimal digits."""
    cells = ", ".join(f"CASE typeof({_name(h)}) WHEN 'blob' THEN hex({_name(h)}) ELSE {_name(h)} END" for h in headers)
    try:
        with closing(_opened(path)) as database, target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headers)
            writer.writerows(database.execute(f"SELECT {cells} FROM {_name(table)}"))
    except sqlite3.Error as error:
        if "decode" in str(error):
            raise SourceError(
                place, _("a text in it is not UTF-8"), _("save the texts as UTF-8, or export the table")
            ) from None
        raise _unreadable(place, error) from None


def _postgres(url: str, work: Path) -> list[Export]:
    place = without_password(url)
    found = _asked(url, place, _TABLES, "SELECT * FROM answer")
    if not found:
        raise SourceError(place, _("the database holds no tables"), _("give another one"))
    exports: list[Export] = []
    for schema, table, headers in found:
        target = copied(work, ".parquet")
        name = table if schema == "public" else f"{schema}.{table}"
        exports.append(
            Export(
                f"{place}:{name}",
                table,
                target,
                tuple(headers),
                tuple(headers),
                1,
                "postgresql",
                ParquetScan(target, tuple((header, "VARCHAR") for header in headers)),
                fetch=partial(_fetch_postgres, url, place, f"{_name(schema)}.{_name(table)}", headers, target),
                container=place,
            )
        )
    return exports


def _fetch_postgres(url: str, place: str, table: str, headers: list[str], target: Path) -> None:
    """Stream a table, as texts, into a file."""
    cells = ", ".join(f"{_name(header)}::text AS {_name(header)}" for header in headers)
    file = "'" + str(target).replace("'", "''") + "'"
    _asked(url, place, f"SELECT {cells} FROM {table}", f"COPY answer TO {file} (FORMAT parquet)")


def _asked(url: str, place: str, question: str, command: str) -> list[tuple[Any, ...]]:
    """Ask a database a question, and return what a command of the engine makes of the stream of the ``answer``."""
    try:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415  # an extra
    except ImportError:
        raise SourceError(
            place,
            _("reading PostgreSQL needs a driver that is not installed"),
            _("install 'rulebook-checker[postgres]'"),
        ) from None
    try:
        with closing(dbapi.connect(url)) as database, closing(database.cursor()) as cursor, duckdb.connect() as engine:
            cursor.execute("SET datestyle TO ISO")
            cursor.execute(question)
            engine.register("answer", cursor.fetch_arrow())
            return engine.execute(command).fetchall()
    except (dbapi.Error, duckdb.Error) as error:
        password = url.partition("://")[2].rpartition("@")[0].partition(":")[2]
        quoted = any(part and part in str(error) for part in re.split(r"\W", password))
        raise _unreadable(place, None if quoted else error) from None


def _unreadable(place: str, error: Exception | None) -> SourceError:
    told = aside(str(error).removeprefix("IO: ")) if error else ""
    return SourceError(place, _("the database cannot be read") + told, _("check its address"))


def without_password(url: str) -> str:
    """Return an address as messages may show it."""
    scheme, between, rest = url.partition("://")
    # what has a meaning in addresses may stand in a password, not quoted
    user, at, host = re.split(r"[?&]\w*password=", rest)[0].rpartition("@")
    return scheme + between + re.split("[:/?#]", user)[0] + at + re.split("[?&#]", host)[0]


def _name(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
