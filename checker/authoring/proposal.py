"""Record types proposed from exports: their fields, and what type the values of each seem to have."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from sqlglot import exp

from checker.auditing import by_table, planned
from checker.authoring.toml import literal, quoted
from checker.calendar import published
from checker.engines.duckdb import DuckDB
from checker.kinds.form import Form
from checker.rulebook import moments
from checker.rulebook.expressions import is_name
from checker.rulebook.fields import unreadable_column
from checker.rulebook.model import About, FieldType, Record, RecordField, Text
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.sources.export import Export
from checker.sources.find import Reader, exports
from checker.sources.headers import normal
from checker.sources.heading import heading
from checker.sources.match import each, settled
from checker.sql import column, sql

_TRIED: tuple[FieldType, ...] = ("text", "integer", "decimal", "datetime", "month", "yes_no")
_FEW = 8
_LONGEST_NUMBER = 9
"""Longer rows of digits are more likely identifiers than amounts."""

_NUMBER_WORDS = re.compile(r"编号|单号|序号|流水号|号码|代码|no\.?|id", re.IGNORECASE)
"""Headers that say of a column only that it numbers the records."""

_NO_EVENTS = {
    "background": re.compile(r"(?<![a-z])(birth|warranty)|出生|生日|保修", re.IGNORECASE),
    "plan": re.compile(
        r"(?<![a-z])(due|deadline|expir(y|es|ation)|until|valid|planned|maturity|appointment|promised)(?![a-z])"
        r"|^(?!.*[签制]).*(期限|到期|截止|届满|有效期|失效|计划|约定|预计|承诺|应[交还缴付到])",
        re.IGNORECASE,
    ),
}
"""Headers of dates that are no events, by what else they are."""

_MONTH_WORDS = re.compile(r"月份|账期|month", re.IGNORECASE)
_MOMENT_WORDS = re.compile(r"日期|时间|时刻|date|time|_at$|日$", re.IGNORECASE)


@dataclass(frozen=True)
class _Seen:
    """What a column holds, read as one type: rows, values, unreadable ones, distinct ones, a few of them, and marks.

    Attributes:
        identifier: Whether a value is too long for an amount, or begins with a zero.
        clock: Whether a value has a time of day.
    """

    rows: int
    values: int
    unreadable: int
    distinct: int
    few: tuple[str, ...]
    identifier: bool
    clock: bool

    @property
    def fits(self) -> bool:
        """Whether the type reads the values, but for one odd one in twenty."""
        return self.values > 0 and 20 * self.unreadable <= self.values


def proposed(data: Sequence[str], known: Iterable[Rulebook], readers: Mapping[str, Reader]) -> dict[str, str]:
    """Return for each table of some exports the text of a record file.

    Args:
        data: Folders, files and patterns.
        known: Rulebooks whose names for headers and files are used where they fit.
        readers: The reader of each file name ending.

    Raises:
        SourceError: for exports that cannot be read.
    """
    books = list(known)
    with tempfile.TemporaryDirectory(prefix="checker-") as folder:
        found, _ignored, _stamps = exports(data, Path(folder), heading(books, {}), readers)
        texts: dict[str, str] = {}
        for number, export in enumerate(found, start=1):
            if export.fetch is not None:
                export.fetch()
            fields = _names(export.headers, books)
            name = _record_name(export, books, number)
            while name in texts:
                name += "_too"
            seen: dict[str, dict[str, _Seen]] = {
                type_: _seen(export, fields, type_, Path(folder, f"{number}-{type_}")) for type_ in _TRIED
            }
            personal = {h for h, (_name, field) in _known(books).items() if field.personal}
            texts[name] = _text(name, export, fields, seen, personal)
        return texts


def _record_name(export: Export, books: Iterable[Rulebook], number: int) -> str:
    for book in books:
        for name, record in book.records.items():
            if any(fnmatch(export.name.lower(), pattern.lower()) for pattern in record.files):
                return name
    return _ascii(export.name) or f"record_{number}"


def _names(headers: Iterable[str], books: Iterable[Rulebook]) -> dict[str, str]:
    """Return a field name for each header that is not empty, and not another one in other letters."""
    known = {header: name for header, (name, _field) in _known(books).items()}
    names: dict[str, str] = {}
    seen: set[str] = set()
    for number, header in enumerate(headers, start=1):
        if header.strip() and normal(header) not in seen:
            seen.add(normal(header))
            plain = "id" if _NUMBER_WORDS.fullmatch(normal(header)) else known.get(normal(header))
            name = _ascii(header) or plain or f"column_{number}"
            name = name if is_name(name) else f"{name}_value"
            names[f"column_{number}" if name in names else name] = header
    return names


def _known(books: Iterable[Rulebook]) -> dict[str, tuple[str, RecordField]]:
    """Return the fields of some rulebooks by the headers that exports give them, where most mean the same by one."""
    meant: dict[str, list[tuple[str, RecordField]]] = {}
    for book in books:
        for record in book.records.values():
            for name, field in record.fields.items():
                for spelling in field.headers:
                    meant.setdefault(normal(spelling), []).append((name, field))
    known: dict[str, tuple[str, RecordField]] = {}
    for header, fields in meant.items():
        ((name, count),) = Counter(name for name, _field in fields).most_common(1)
        if 2 * count > len(fields) and not _NUMBER_WORDS.fullmatch(header):
            known[header] = next(one for one in fields if one[0] == name)
    return known


def _ascii(text: str) -> str:
    """Return a text as a name, where it is English enough to be one."""
    name = re.sub(r"[^a-z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower()).strip("_")
    return name if text.isascii() and re.match(r"[a-z]", name) else ""


def _seen(export: Export, fields: Mapping[str, str], type_: FieldType, work: Path) -> dict[str, _Seen]:
    """Read a table as if all its fields were of one type."""
    work.mkdir()
    record = Record(
        title=Text(en="draft", zh="draft"),
        files=("*",),
        key=(next(iter(fields)),),
        fields={name: RecordField(type=type_, headers=(header,)) for name, header in fields.items()},
    )
    rule = Rule.model_validate(
        {
            "id": "draft/draft",
            "title": record.title,
            "clause": "",
            "severity": "info",
            "kind-name": "form",
            "kind": Form(record="draft", fields=tuple(fields)),
        }
    )
    about = About(name="draft", title=record.title, edition="")
    book = Rulebook(about, {"draft": record}, {}, {rule.id: rule}, work, "")
    placed = by_table(settled(each([export], [book], {}))[0])
    plan = planned([book], [rule], placed, sql("CAST('2999-12-31' AS TIMESTAMP)"))
    with closing(DuckDB(work)) as engine:
        plan = engine.prepare(plan, placed, published, keep=True)
        table = plan.records[0].table
        cells = [cell for name in fields for cell in _cells(name, record.fields[name], table.exported(name))]
        ((rows, *rest),) = engine.fetch(
            exp.select("COUNT(*)", *cells).from_(exp.to_identifier(table.path, quoted=True))
        )
    found = zip(*[iter(rest)] * 6, strict=True)
    return {
        name: _Seen(
            rows,
            values,
            wrong or 0,
            distinct,
            tuple(text for text in few or () if text is not None),
            bool(long),
            bool(clock),
        )
        for name, (values, wrong, distinct, few, long, clock) in zip(fields, found, strict=True)
    }


def _cells(name: str, field: RecordField, raw: exp.Expr) -> list[exp.Expr]:
    value = column(name)
    wrong = sql("SUM(CASE WHEN :u THEN 1 ELSE 0 END)", u=column(unreadable_column(name)))
    clock = sql("MAX(CASE WHEN :v IS NULL OR :d THEN 0 ELSE 1 END)", v=value, d=moments.day_only(value))
    return [
        sql("COUNT(:v)", v=value),
        wrong if field.may_be_unreadable else sql("0"),
        sql("COUNT(DISTINCT :v)", v=value),
        sql("LIST_SLICE(LIST_SORT(ARRAY_AGG(DISTINCT :r)), 1, :n)", r=raw, n=_FEW + 1),
        sql("MAX(CASE WHEN LENGTH(:r) > :n OR :r LIKE '0_%' THEN 1 ELSE 0 END)", r=raw, n=_LONGEST_NUMBER),
        clock if field.type == "datetime" else sql("0"),
    ]


def _type(name: str, header: str, seen: Mapping[str, Mapping[str, _Seen]]) -> FieldType:
    def fits(type_: str) -> bool:
        return seen[type_][name].fits

    number = fits("integer") or fits("decimal")
    if fits("month") and (_MONTH_WORDS.search(header) or not (number or fits("datetime"))):
        return "month"
    if fits("datetime") and (not number or _MOMENT_WORDS.search(header)):
        return "datetime" if seen["datetime"][name].clock else "date"
    if fits("decimal") and not fits("integer"):
        return "decimal"
    if number:
        return "text" if seen["integer"][name].identifier else "integer"
    return "yes_no" if fits("yes_no") else "text"


def _text(
    name: str,
    export: Export,
    fields: Mapping[str, str],
    seen: Mapping[str, Mapping[str, _Seen]],
    personal: Container[str],
) -> str:
    """Return the text of a record file."""
    texts = seen["text"]
    rows = max(one.rows for one in texts.values())
    types = {field: _type(field, header, seen) for field, header in fields.items()}
    key = min(fields, key=lambda field: (texts[field].distinct != rows, types[field] not in ("text", "integer")))
    at = next((field for field, type_ in types.items() if type_ in ("date", "datetime")), None)
    title = name.replace("_", " ").capitalize()
    stem = re.sub(r"[\s\d._-]+|(?<=\d)[年月日]", "", export.name)
    lines = [
        "#:schema $schemas/record.json",
        f"# Proposed from {rows} rows of {export.name}: check the types, and mark what is personal = true.",
        f"title.en = {quoted(title)}",
        f"title.zh = {quoted(title if stem.isascii() else stem)}",
        f"files    = {literal([_pattern(export.name)])}",
        f"key      = {literal([key])}",
        *([f"at       = {quoted(at)}"] if at else []),
        "",
        "[fields]",
    ]
    width = max(map(len, fields))
    for field, header in fields.items():
        cells = [f"type = {quoted(types[field])}"]
        moment = next((moment for moment, words in _NO_EVENTS.items() if words.search(header)), "")
        cells += [f"moment = {quoted(moment)}"] if moment and types[field] in ("date", "datetime") else []
        cells += [] if header == field else [f"headers = {literal([header])}"]
        cells += ["personal = true"] if normal(header) in personal else []
        note = _note(texts[field], seen["datetime" if types[field] == "date" else types[field]][field])
        lines.append(f"{field:<{width}} = {{ {', '.join(cells)} }}{note}")
    return "\n".join(lines).replace("\r", " ") + "\n"


def _pattern(name: str) -> str:
    """Return a pattern for the names of exports like one: days, months and numbers may be others."""
    words = re.sub(r"(?:[\s\d._-]+[年月日]*)+|[\[\]?*]", "*", name)
    open_ = words if words.strip("*") else name
    return re.sub(r"\*+", "*", f"{open_}*" if open_.isascii() else f"*{open_}*")


def _note(text: _Seen, read: _Seen) -> str:
    """Return a comment on what an author should look at."""
    if read.unreadable:
        return f"    # {read.unreadable} of {text.values} values cannot be read so"
    repeated = read is text and 0 < len(text.few) <= _FEW and 2 * text.distinct <= text.values
    return f"    # only {'、'.join(text.few)}" if repeated else ""
