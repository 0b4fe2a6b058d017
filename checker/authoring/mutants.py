"""Rules changed in one place each: what a good set of examples must notice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from typing import Any

import sqlglot
from pydantic import ValidationError
from sqlglot.errors import SqlglotError

from checker.authoring.changed import Names, expressions, shifted, texts
from checker.periods import Period
from checker.rulebook.rule import LookupTable, Rule
from checker.rulebook.rulebook import Rulebook

Change = tuple[str, Any]
"""Where and what is changed, and what stands there then."""

_SILENT = frozenset({"record", "unit", "title", "reason", "default", "source", "shows"})
"""Keys that decide nothing, as the fields that a query's sentence quotes besides, or without which nothing is left."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d\b")
_TOKEN = re.compile(r"'[^']*'|[\w.:]+|[<>=!]+|\S")
_TAKES = {"first": "last", "last": "first", "min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """A rule changed in one place.

    Attributes:
        what: The key and the change, such as ``deadline.within: 10 days -> 11 days``.
    """

    rule: Rule
    what: str


def in_short(what: str) -> str:
    """Return what a change was made to: ``within: 10 days, not 9 days``."""
    key, _colon, change = what.partition(": ")
    place = key.split(".", 1)[1]  # the table's name says nothing
    if change == "left out":
        return f"only under the condition of {place}"
    if change.endswith(" left out"):
        return f"{place}: {change.removesuffix(' left out')} counts"
    before, _arrow, after = change.partition(" -> ")
    if _DATE.match(after):  # which is no sum
        return f"{place}: {before}, not {after}"
    before = _as_written(before, after)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    steps = [
        step
        for step in SequenceMatcher(
            None, list(map(str.lower, old)), list(map(str.lower, new)), autojunk=False
        ).get_opcodes()
        if step[0] != "equal"
    ]
    if not steps or len(old) < 4:
        return f"{place}: {before}, not {after}"
    first, last = steps[0], steps[-1]
    begin, before_end, after_end = max(first[1] - 1, 0), last[2] + 1, last[4] + 1
    return f"{place}: {' '.join(old[begin:before_end])}, not {' '.join(new[max(first[3] - 1, 0) : after_end])}"


def _as_written(before: str, after: str) -> str:
    """Return an expression as its changed form is written, so that only what was changed differs."""
    try:
        if sqlglot.parse_one(after).sql() == after:
            return sqlglot.parse_one(before).sql()
    except SqlglotError:
        pass
    return before


def mutants(rule: Rule, book: Rulebook) -> Iterator[Mutant]:
    """Yield a rule with each of its limits, comparisons, conditions, list items and fields changed, one at a time.

    Changes that the models of the rule's tables refuse are left out; others may still not compile.
    """
    names = own = Names(book.records[rule.record], rule)
    kind = type(rule.kind)
    for what, content in _variants(rule.kind.model_dump(by_alias=True, exclude_defaults=True), rule.kind_name, names):
        yield from _changed(rule, what, "kind", partial(kind.model_validate, content))
    for name, dated in rule.values.items():
        for what, content in _variants(dated.model_dump(by_alias=True), f"values.{name}", names):
            yield from _changed(rule, what, "values", partial(type(dated).model_validate, content), name)
    for name, table in rule.lookup.items():
        for what, content in _lookup(table, f"lookup.{name}", Names(book.records[table.record], rule), own):
            yield from _changed(rule, what, "lookup", partial(LookupTable.model_validate, content), name)


def _changed(rule: Rule, what: str, key: str, build: Callable[[], Any], name: str | None = None) -> Iterator[Mutant]:
    """Yield a rule in which one key, or one entry of it, is what ``build`` makes, unless that refuses."""
    try:
        new = build()
    except ValidationError:
        return
    yield Mutant(rule.model_copy(update={key: {**getattr(rule, key), name: new} if name else new}), what)


def _variants(node: Any, path: str, names: Names) -> Iterator[Change]:  # noqa: ANN401  # whatever TOML holds
    """Yield a value of a rule file with one thing in it changed."""
    match node:
        case Mapping():
            for key, value in node.items():
                if key in _SILENT:
                    continue
                place = path if key in ("editions", "is") else f"{path}.{key}"
                for what, changed in _variants(value, place, names):
                    yield what, {**node, key: changed}
                if key == "when" and value:
                    yield f"{place}: left out", {one: own for one, own in node.items() if one != key}
                if key == "steps":
                    for index, (first, second) in enumerate(pairwise(value)):
                        swapped = [*value[:index], second, first, *value[index + 2 :]]
                        yield f"{place}: {first}, {second} -> {second}, {first}", {**node, key: swapped}
            if isinstance(begin := node.get("from"), str) and isinstance(end := node.get("to"), str):
                yield f"{path}.from: {begin} to {end} -> {end} to {begin}", {**node, "from": end, "to": begin}
        case list() | tuple():
            for index, value in enumerate(node):
                for what, changed in _variants(value, path, names):
                    yield what, [*node[:index], changed, *node[index + 1 :]]
                shown = value if isinstance(value, str) else f"item {index + 1}"
                yield f"{path}: {shown} left out", [*node[:index], *node[index + 1 :]]
        case bool():
            yield f"{path}: {node} -> {not node}", not node
        case int() | float() | Period() | dt.date():
            for changed in shifted(node):
                yield f"{path}: {node} -> {changed}", changed
        case str():
            for changed in texts(node, names):
                yield f"{path}: {node} -> {changed}", changed


def _lookup(table: LookupTable, path: str, names: Names, own: Names) -> Iterator[Change]:
    """Yield a lookup with one thing in it changed; ``names`` are those of its record, ``own`` those of the rule's."""
    content = table.model_dump(by_alias=True, exclude_defaults=True)
    word, bracket, rest = table.take.partition("(")
    if word in _TAKES:
        yield f"{path}.take: {word} -> {_TAKES[word]}", {**content, "take": f"{_TAKES[word]}{bracket}{rest}"}
    taken = rest.removesuffix(")")
    for changed in expressions(taken, names, own):
        yield f"{path}.take: {taken} -> {changed}", {**content, "take": f"{word}({changed})"}
    if table.order:
        for changed in expressions(table.order, names, own):
            yield f"{path}.order: {table.order} -> {changed}", {**content, "order": changed}
    if table.where:
        yield f"{path}.where: left out", {one: own_ for one, own_ in content.items() if one != "where"}
        for changed in expressions(table.where, names, own):
            yield f"{path}.where: {table.where} -> {changed}", {**content, "where": changed}
    for mine, theirs in table.on.items():
        rest_ = {one: other for one, other in table.on.items() if one != mine}
        if rest_:
            yield f"{path}.on: {mine} left out", {**content, "on": rest_}
        for other in own.others(mine)[:1]:
            if other not in table.on:
                yield f"{path}.on: {mine} -> {other}", {**content, "on": {**rest_, other: theirs}}
