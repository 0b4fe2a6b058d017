"""JSON: an array of objects, one object a line, or an object with arrays of objects in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import duckdb
import ijson

from checker.errors import SourceError, aside, at_line
from checker.language import N_, _
from checker.sources.encoding import changed, encoding_of, transcoded
from checker.sources.export import Export, File, JsonScan, copied
from checker.sources.headers import normal
from checker.sources.heading import Heading

_LOCATED = 1 << 26
_LINE = 1 << 20
_TAIL = 1 << 16
SUFFIXES = (".json", ".jsonl", ".ndjson")


def read(file: File, work: Path, _heading: Heading) -> list[Export]:
    """Return the tables of a JSON file: one, or one for each array of objects in an object.

    Raises:
        SourceError: for broken JSON, with its line, and for shapes that are no table.
    """
    place = file.place
    encoding = encoding_of(file.path, place)
    utf8 = transcoded(file.path, encoding, work, place)
    with utf8.open("rb") as content:
        first = content.read(1 << 16).lstrip()[:1]
    if not first:
        raise SourceError(place, _("the file is empty"), _("export it again"))
    try:
        if first == b"[":
            _check_end(utf8)
            scans = {"": JsonScan(utf8, "array", ())}
        elif file.path.suffix.lower() == ".json" and not _is_lines(utf8) and _holds_arrays(utf8):
            scans = dict(_split(utf8, work))
        else:
            scans = {"": JsonScan(utf8, "newline_delimited", ())}
        tables = {name: (scan, _keys(scan, f"{place}:{name}" if name else place)) for name, scan in scans.items()}
    except (_CutOffError, ijson.JSONError, duckdb.Error) as error:
        raise SourceError(*_broken(utf8, place, error)) from None
    exports = [
        Export(
            f"{place}:{name}" if name else place,
            name.rpartition(".")[2] or file.name,
            file.origin,
            keys,
            keys,
            1,
            encoding.removesuffix("-sig"),
            JsonScan(scan.path, scan.form, _asked(keys)),
            container=place if len(tables) > 1 else "",
        )
        for name, (scan, keys) in tables.items()
        if keys
    ]
    if not exports:
        raise SourceError(
            place,
            _("the file holds no records"),
            _shapes(),
        )
    return exports


class _CutOffError(Exception):
    """An array that does not end."""


def _check_end(path: Path) -> None:
    """Refuse an array that breaks off behind a comma: the engine takes it for whole.

    Raises:
        _CutOffError: if it does.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        if not file.read().rstrip().endswith(b"]"):
            raise _CutOffError(_("its end is missing"))


def _shapes() -> str:
    return _("give an array of objects, one object a line, or an object with arrays of objects in it")


def _keys(scan: JsonScan, place: str) -> tuple[str, ...]:
    """Return every key that any object of a table has.

    Raises:
        SourceError: for what is no object, and for one object of columns, which would pass for one record.
    """
    engine = duckdb.cursor()  # what is there already takes one call at a time, and audits may run side by side
    found = engine.execute(
        "SELECT json_type(json), json_keys(json), count(*), ANY_VALUE(LEFT(CAST(json AS VARCHAR), 40))"
        " FROM read_json_objects(?, format = ?) GROUP BY 1, 2",
        [str(scan.path), scan.form],
    ).fetchall()
    stranger = next((example for kind, _keys, _count, example in found if kind != "OBJECT"), None)
    if stranger is not None:
        raise SourceError(place, _("{example} stands where an object should").format(example=stranger), _shapes())
    if sum(count for _kind, _keys, count, _example in found) == 1 and _is_nested(scan):
        raise SourceError(place, _("the file holds no records"), _shapes())
    return tuple(sorted({key for _kind, keys, _count, _example in found for key in keys}))


def _asked(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that may be a field: of those that are one header the first, as no engine tells case."""
    first: dict[str, str] = {}
    for key in keys:
        first.setdefault(normal(key), key)
    return tuple(key for word, key in first.items() if word)


def _is_nested(scan: JsonScan) -> bool:
    """Return whether all values of the one object of a table are objects or lists themselves."""
    held = "SELECT unnest(json_extract(json, '$.*')) AS value FROM read_json_objects(?, format = ?)"
    asked = f"SELECT bool_and(json_type(value) IN ('ARRAY', 'OBJECT')) FROM ({held})"
    return bool(duckdb.cursor().execute(asked, [str(scan.path), scan.form]).fetchall()[0][0])


def _is_lines(path: Path) -> bool:
    """Return whether a file's first line is an object, and another one follows."""
    with path.open("rb") as file:
        lines = [line for line in file.read(_LINE).lstrip().split(b"\n", 2) if line.strip()]
    return len(lines) > 1 and lines[1].lstrip().startswith(b"{") and _is_json(lines[0].decode(errors="replace"))


def _holds_arrays(path: Path) -> bool:
    """Return whether a file is one object, in which, however deep, stands an array of objects."""
    with path.open("rb") as file:
        inside = False
        for prefix, event, _value in ijson.parse(file):
            if inside and event == "start_map":
                return True
            if prefix == "" and event == "end_map":
                return False
            inside = event == "start_array" and not _in_array(prefix)
    return False


def _in_array(prefix: str) -> bool:
    return ".item." in f"{prefix}."


def _split(path: Path, work: Path) -> Iterator[tuple[str, JsonScan]]:
    """Write each array of objects that stands in an object out, one object a line.

    This walks the objects one by one: the engine would hold the whole file in memory.
    """
    sinks: dict[str, IO[str]] = {}
    with_objects: set[str] = set()
    try:
        with path.open("rb") as file:
            builder: ijson.ObjectBuilder | None = None
            depth, name = 0, ""
            for prefix, event, value in ijson.parse(file):
                if builder is None and prefix.endswith(".item") and not _in_array(prefix.removesuffix(".item")):
                    builder, name, depth = ijson.ObjectBuilder(), prefix.removesuffix(".item"), 0
                    if event == "start_map":
                        with_objects.add(name)
                depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
                if builder is not None:
                    builder.event(event, value)
                    if depth == 0:
                        if name not in sinks:
                            sinks[name] = copied(work, ".jsonl").open("w", encoding="utf-8")
                        sinks[name].write(json.dumps(builder.value, ensure_ascii=False, default=_number) + "\n")
                        builder = None
    finally:
        for sink in sinks.values():
            sink.close()
    for name in filter(with_objects.__contains__, sinks):
        yield name, JsonScan(Path(sinks[name].name), "newline_delimited", ())


def _number(value: Any) -> Any:  # noqa: ANN401  # json's hook
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(value)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):  # also numbers and nesting beyond all use
        return False
    return True


_SAID = (
    N_("Expecting value"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Extra data"),
    N_("Unterminated string starting at"),
    N_("Invalid control character at"),
)
"""What Python commonly says of broken JSON."""


def _broken(path: Path, place: str, error: Exception) -> tuple[str, str, str]:
    """Return where a JSON file breaks off, as exactly as its size allows to find out.

    Raises:
        SourceError: where it goes on in another encoding.
    """
    problem, remedy = _("the JSON is broken"), _("export it again, or mend it there")
    if path.stat().st_size < _LOCATED:
        content = path.read_bytes()
        try:
            text = content.decode()
        except UnicodeDecodeError as wrong:
            raise changed(place, content.count(b"\n", 0, wrong.start) + 1, "utf-8") from None
        lines = text.split("\n")
        whole = text.lstrip().startswith("[") or not _is_json(next(line for line in lines if line.strip()))
        for first, part in enumerate([text] if whole else lines, 1):
            try:
                json.loads(part if part.strip() else "null")
            except json.JSONDecodeError as exact:
                line = exact.lineno if whole else first
                what = _("the JSON is broken in column {number}").format(number=exact.colno)
                return at_line(place, line), what + aside(exact.msg), remedy
            except (ValueError, RecursionError):
                break
    return place, problem + aside(str(error).replace(str(path), place).strip()), remedy
