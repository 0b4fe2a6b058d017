"""Kinds of rule: the page of all with their keys, and one for each with its specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import tomli

from checker.authoring.docstrings import key_texts, summary
from checker.kinds import KINDS
from checker.rulebook.calls import FUNCTIONS
from checker.rulebook.kind import Kind
from checker.rulebook.rulebook import Rulebook
from pages.markdown import ROOT, badge, code, fenced, table, text, value, zh

SPEC = ROOT / "tests/spec/kinds"
OUTCOMES = ("pass", "violation", "pending", "not_applicable", "not_assessed")
SHOWN = 12
"""How many rules of each rulebook a kind's page names."""


def all_kinds(*, linked: bool = False) -> str:
    """Return the page of all kinds, linked to those of each where these are made too."""
    parts = [
        "# Kinds of rules",
        "",
        "A rule file has one table that bears the name of its kind. Each kind has a specification in `tests/spec/kinds`:",  # noqa: E501
        "small tables with what each record comes to, empty values included.",
        "",
        "Every kind takes `record` (the record type it judges), `when` (the condition under which it applies), and",
        "`doubts` (why a record is not assessed, in words, where a condition is unknown though no field it reads is",
        "empty, or a query's `offends` is NULL).",
    ]
    for name, kind in sorted(KINDS.items()):
        parts += ["", f"## {name}", "", _about(kind), "", _keys(kind)]
        if linked:
            parts += ["", f"[How `{name}` judges: its specification](kinds/{name}.md)"]
    parts += [
        "",
        "## Functions",
        "",
        "What expressions may call, in `when`, `require`, lookups and wherever they stand:",
        "",
    ]
    parts += ["| function | gives |", "|---|---|"]
    for name, function in sorted(FUNCTIONS.items()):
        first = (function.__doc__ or "").strip().partition("\n")[0]
        parts.append(f"| `{name}()` | {first.replace('``', '`')} |")
    return "\n".join(parts) + "\n"


def pages(books: Iterable[Rulebook]) -> Iterable[tuple[str, str]]:
    """Yield the address and the text of each kind's page."""
    books = list(books)
    for name, kind in sorted(KINDS.items()):
        yield f"kinds/{name}.md", _page(name, kind, books)


def _about(kind: type[Kind]) -> str:
    return summary(kind).replace("``", "`")


def _keys(kind: type[Kind]) -> str:
    texts = key_texts(kind)
    common = set(Kind.model_fields)
    lines = ["| key | needed | meaning |", "|---|---|---|"]
    for field, info in kind.model_fields.items():
        key = info.alias or field
        if field not in common:
            meaning = texts.get(key, "").replace("|", "\\|").replace("``", "`")
            default = info.get_default(call_default_factory=False)
            defaults = [default] if isinstance(default, str) else default if isinstance(default, tuple) else []
            said = ", ".join(f"`{one}`" for one in defaults if one)
            needed = "yes" if info.is_required() else f"{said} if left out" if said else ""
            lines.append(f"| `{key}` | {needed} | {meaning} |")
    return "\n".join(lines)


def _page(name: str, kind: type[Kind], books: list[Rulebook]) -> str:
    parts = [f"# {name}", _about(kind), "## What it says", _keys(kind), "## How it judges"]
    parts.append(
        "The specification: each table is a rule with the records it judges and what it must say of them, empty values "
        "included. The tests run it on every engine. `when` and `record` are as for every kind; the record here is a "
        "made-up one."
    )
    content = tomli.loads((SPEC / f"{name}.toml").read_text(encoding="utf-8"))
    for table_ in content["table"]:
        parts += _specified(name, table_)
    parts += ["## Rules of this kind", *_users(name, books)]
    return "\n\n".join(parts) + "\n"


def _specified(name: str, spec: Mapping[str, Any]) -> list[str]:
    rule = {name: spec["rule"].get(name, {}), **{key: one for key, one in spec["rule"].items() if key != name}}
    title = spec["title"]
    parts = [f"### {text(title[0].upper() + title[1:])}", fenced(_toml(rule), "toml")]
    parts.append(f"Judged as of {value(spec['as-of'])}:")
    parts.append(_grid(spec["records"]))
    for other, rows in spec.get("others", {}).items():
        parts += [f"with these rows of {code(other)}:", _grid(rows)]
    return parts


def _grid(rows: str) -> str:
    head, *body = [[cell.strip() for cell in line.split("|")] for line in rows.strip().splitlines()]
    cells = [
        [
            badge(cell) if name == "outcome" and cell in OUTCOMES else text(cell)
            for name, cell in zip(head, row, strict=True)
        ]
        for row in body
    ]
    return table([text(name) for name in head], cells)


def _toml(rule: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for name, held in rule.items():
        if not isinstance(held, Mapping):
            lines.insert(0, f"{name} = {_inline(held)}")
        elif held and all(isinstance(one, Mapping) for one in held.values()) and name == "lookup":
            for key, one in held.items():
                lines += ["", f"[{name}.{key}]", *(f"{field} = {_inline(said)}" for field, said in one.items())]
        else:
            lines += ["", f"[{name}]", *(f"{field} = {_inline(said)}" for field, said in held.items())]
    return "\n".join(lines)


def _inline(held: object) -> str:
    match held:
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_inline(one)}" for key, one in held.items()) + " }"
        case list():
            return "[" + ", ".join(map(_inline, held)) + "]"
        case bool():
            return str(held).lower()
        case str() if '"' in held and "'" not in held:
            return f"'{held}'"
        case str():
            return '"' + held.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case _:
            return str(held)


def _users(name: str, books: list[Rulebook]) -> list[str]:
    parts = []
    for book in books:
        files = {rule.id.partition("#")[0]: rule for rule in book.rules.values() if rule.kind_name == name}
        if not files:
            continue
        more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
        links = [f"[{text(rule.title.en)}](../{page(identity)})" for identity, rule in list(files.items())[:SHOWN]]
        parts.append(f"**{text(book.about.title.en)}** {zh(book.about.title.zh)}\n\n- " + "\n- ".join(links))
        if more:
            parts.append(f"… {more.strip()} in [the rulebook](../rulebooks/{book.name}/index.md)")
    return parts or ["None of the rulebooks that come with the program has one."]


def page(identity: str) -> str:
    """Return the address of the page of a rule's file."""
    book, _, rest = identity.partition("#")[0].partition("/")
    return f"rulebooks/{book}/{rest}.md"
