"""A mapping to begin with: what was made of exports, as a ``checker.toml`` to edit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from checker.language import _, bracketed
from checker.rulebook.model import Record
from checker.sources.export import Export
from checker.sources.headers import Match, suggestion
from checker.sources.match import Matched, Placed, StrangeExportError


def starter(placed: Iterable[Placed], records: Mapping[str, Record]) -> str:
    """Return a mapping with every column found, and those not found to be filled in.

    Args:
        placed: Exports with what they hold.
        records: The record types by their full names.
    """
    tables: dict[str, tuple[list[Export], dict[str, str], list[str]]] = {}
    for export, one in placed:
        if isinstance(one, Matched):
            path, columns, unknown = one.path, _headers(one), list(one.unknown)
        elif isinstance(one, StrangeExportError) and one.nearest is not None:
            path, match = one.nearest
            columns, unknown = _found(export, match), list(match.unknown)
        else:
            continue
        exports, found, strange = tables.setdefault(path, ([], {}, []))
        exports.append(export)
        found |= {field: header for field, header in columns.items() if field not in found}
        strange += [header for header in unknown if header not in strange]
    lines = (line for path, table in tables.items() for line in _table(path, records[path], *table))
    return "\n".join(("# " + _("What was made of the exports. Edit it, and save it as checker.toml."), *lines, ""))


def _table(
    path: str, record: Record, exports: list[Export], columns: Mapping[str, str], unknown: list[str]
) -> Iterator[str]:
    yield ""
    yield f"[data.{_text(path)}]"
    key = "sheet" if any(export.container for export in exports) else "files"
    yield f"{key} = [{', '.join(dict.fromkeys(_text(export.name) for export in exports))}]"
    yield f"header-row = {exports[0].first_row - 1}" if exports[0].first_row > 2 else "# header-row = 1"
    yield ""
    yield f"[data.{_text(path)}.columns]"
    for field, header in columns.items():
        yield f"{field} = {_text(header)}"
    for field in record.fields:
        if field not in columns:
            yield f'# {field} = ""  # {record.label(field).zh}'
    for header in unknown:
        like = suggestion(header, record)
        told = _("no field takes the column {header}").format(header=_text(header))
        yield f"# {told}" + (bracketed(_("like {header}").format(header=like)) if like else "")


def _headers(one: Matched) -> dict[str, str]:
    return {field: column.header for field, column in one.columns.items() if column.name}


def _found(export: Export, match: Match) -> dict[str, str]:
    return {field: export.headers[index] for field, index in match.columns.items()}


def _text(value: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(value, ensure_ascii=False)
