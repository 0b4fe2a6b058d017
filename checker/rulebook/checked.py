"""Models, records and rules, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from checker.errors import nearest
from checker.invalid import told
from checker.language import _
from checker.rulebook.expressions import is_name
from checker.rulebook.kind import Kind, judgement
from checker.rulebook.model import About, Record
from checker.rulebook.names import all_exported
from checker.rulebook.rule import Rule
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError
from checker.sql import sql

M = TypeVar("M", bound=BaseModel)
Wrong = tuple[str, str, str]
"""Place, problem and remedy."""
_FORMER = r"(/[^/#\s]+)+(#[^/#\s]+)?"
"""What a former id may end in: names below a topic, and an item of a family."""


def placed(file: Path, key: str) -> str:
    """Return the place of a key in a file."""
    return f"{file}: {key}" if key else str(file)


def checked(kind: type[M], content: Any, file: Path, key: str = "") -> tuple[M | None, list[Wrong]]:  # noqa: ANN401
    """Return the checked model, or what is wrong with it."""
    try:
        return kind.model_validate(content), []
    except ValidationError as error:
        return None, list(told(error, kind, content, file, key))


def checked_rule(
    table: Mapping[str, Any], name: str, kind: type[Kind], file: Path, about: About, records: Mapping[str, Record]
) -> tuple[Rule | None, list[Wrong]]:
    """Return a rule, compiled once as if every field were exported, and what is wrong with it."""
    own, wrong = checked(kind, table[name], file, name)
    if own is None:
        return None, wrong
    rest = {key: value for key, value in table.items() if key != name}
    rule, wrong = checked(Rule, {**rest, "kind-name": name, "kind": own}, file)
    if rule is None:
        return None, wrong
    named = [
        (f"{name}.record", rule.record),
        *((f"lookup.{lookup}.record", one.record) for lookup, one in rule.lookup.items()),
        *((name, one.record) for one in own.lookups().values()),
    ]
    if unknown := [(key, record) for key, record in named if record not in records]:
        return rule, [
            (placed(file, key), _("{name} is no record type").format(name=record), nearest(record, records))
            for key, record in unknown
        ]
    misnamed = [*_misnamed(file, "values", rule.values), *_misnamed(file, "lookup", rule.lookup), *_of_two(file, rule)]
    if misnamed:
        return rule, misnamed
    as_of = sql("CAST('2000-01-01' AS TIMESTAMP)")
    scope = Scope(rule, records, all_exported(records), as_of, roll=about.roll is not None)
    try:
        judgement(rule.kind, scope)
    except ExpressionError as error:
        return rule, [(placed(file, error.key or name), error.problem, error.remedy)]
    if rule.overrides:  # a setting may leave out what used a lookup
        return rule, []
    unused = [placed(file, f"lookup.{lookup}") for lookup in rule.lookup if lookup not in scope.read]
    return rule, [(place, _("nothing uses it"), _("use it or delete it")) for place in unused]


def _misnamed(file: Path, table: str, names: Iterable[str]) -> Iterator[Wrong]:
    """Yield the keys of a table whose names expressions read as something else."""
    for name in names:
        if not is_name(name):
            problem = _("{name} is a word of expressions").format(name=name)
            yield placed(file, f"{table}.{name}"), problem, _("give it another name")


def _of_two(file: Path, rule: Rule) -> Iterator[Wrong]:
    """Yield the lookups that have the name of a value."""
    for name in rule.lookup:
        if name in rule.values:
            problem = _("{name} is a value of the rule as well").format(name=name)
            yield placed(file, f"lookup.{name}"), problem, _("give one of them another name")


def wrong_in_record(record: Record, file: Path) -> Iterator[Wrong]:
    """Yield what a record type says of its fields that they cannot be."""
    yield from _misnamed(file, "fields", record.fields)
    named = [(role, name) for role in ("subject", "department", "at") if (name := getattr(record, role)) is not None]
    named += [("begins", name) for name in record.begins or ()]
    named += [("key", name) for name in record.key]
    for role, name in named:
        field = record.fields.get(name)
        if field is None:
            yield placed(file, role), _("{name} is no field").format(name=name), nearest(name, record.fields)
        elif role == "begins" and (not field.is_moment or field.moment == "background"):
            problem = _("{name} does not date the record").format(name=name)
            yield placed(file, role), problem, _("name fields that are events or plans")
        elif role == "key" and field.type == "documents":
            problem = _("{name} lists documents").format(name=name)
            yield placed(file, role), problem, _("name fields of other types")
    if len(set(record.key)) < len(record.key):
        yield placed(file, "key"), _("it names one field twice"), _("name each field once")
    if all(name in record.fields and record.fields[name].optional for name in record.key):
        yield placed(file, "key"), _("all its fields are optional"), _("name one that every export has")


def wrong_in_examples(rule: Rule, file: Path, records: Mapping[str, Record]) -> Iterator[Wrong]:
    """Yield what a rule's examples name that is no record type or no field, and names that two of them have."""
    seen: set[str] = set()
    for example in rule.example:
        place = placed(file, f"example {example.name!r}")
        if example.name in seen:
            yield place, _("two examples have this name"), _("say of each what only it shows")
        seen.add(example.name)
        tables = [(rule.record, example.given), *((name, row) for name, rows in example.rows.items() for row in rows)]
        for name, row in tables:
            if name not in records:
                yield place, _("{name} is no record type").format(name=name), nearest(name, records)
                continue
            fields = records[name].fields
            for field in row:
                if field not in fields:
                    problem = _("{name} is no field of {record}").format(name=field, record=name)
                    yield place, problem, nearest(field, fields)


def wrong_in_ids(rule: Rule, own: str, file: Path, about: About) -> Iterator[Wrong]:
    """Yield the ids of a rule, its own and former ones, that cannot be one.

    Args:
        rule: The rule.
        own: The id that its file has; an item of a family adds to it.
        file: The file.
        about: The rulebook.
    """
    ids = ((own, r"[\w-]+(/[\w-]+)+"), (rule.id, rf"{re.escape(own)}(#[\w-]+)?"))
    if wrong := next((one for one, pattern in ids if not re.fullmatch(pattern, one)), None):
        problem = _("{identity!r} is no id of a rule here").format(identity=wrong)
        yield placed(file, ""), problem, _("write TOPIC/NAME, in letters, digits, - and _")
    for old in rule.formerly:
        if not re.fullmatch(rf"{about.name}/[^/#\s]+{_FORMER}", old):
            problem = _("{identity!r} is no id of a rule here").format(identity=old)
            yield placed(file, "formerly"), problem, _("write {book}/topic/name").format(book=about.name)
        elif old == rule.id:
            problem = _("{identity!r} is the rule's own id").format(identity=old)
            yield placed(file, "formerly"), problem, _("name those it once had")
