"""One page for each rule file: what it checks, by which clause, its examples, and the file itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import tomli

from checker.authoring.docstrings import key_texts
from checker.language import Label, both
from checker.rulebook.dated import Dated
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook
from pages.kinds import page
from pages.markdown import badge, code, fenced, heading, table, text, twice, value, zh


def families(book: Rulebook) -> Iterator[tuple[str, list[Rule]]]:
    """Yield the id of each rule file, and its rules: one, or the items of a family."""
    for identity, rules in groupby(book.rules.values(), lambda rule: rule.id.partition("#")[0]):
        yield identity, list(rules)


def pages(book: Rulebook) -> Iterable[tuple[str, str]]:
    """Yield the address and the text of the page of each rule file."""
    for identity, rules in families(book):
        yield page(identity), _page(book, identity, rules)


def _page(book: Rulebook, identity: str, rules: list[Rule]) -> str:
    file = book.path / "rules" / f"{identity.removeprefix(f'{book.name}/')}.toml"
    source = file.read_text(encoding="utf-8")
    content = tomli.loads(source)
    first = rules[0]
    title = content["title"]
    topic = identity.split("/")[1]
    parts = [
        heading(Label(title["en"], title["zh"])),
        f"{twice(book.about.title.label)} › [{topic}](../index.md#{topic}) › {code(identity)}",
    ]
    parts += _facts(book, first) if len(rules) == 1 and "#" not in first.id else _items(book, rules)
    parts += ["## What it says 规则内容", *_says(book, first, content), "## Examples 示例", *_examples(first)]
    parts += ["## The file 规则文件", fenced(source, "toml", f"{identity}.toml")]
    return "\n\n".join(parts) + "\n"


def _facts(book: Rulebook, rule: Rule) -> list[str]:
    numbers = dict.fromkeys((rule.clause, *rule.also))
    rows = [("Clause 条款", "<br>".join(_clause(book, number) for number in numbers))]
    rows.append(("Severity 严重程度", badge(rule.severity)))
    rows += _common(book, rule)
    return [table(["", ""], [(f"**{name}**", said) for name, said in rows])]


def _items(book: Rulebook, rules: list[Rule]) -> list[str]:
    rows = [
        ("Items 条目", f"{len(rules)}, each judged and reported by itself 每条单独判断、单独报告"),
        *_common(book, rules[0]),
    ]
    listed = [
        (
            code(f"#{rule.id.partition('#')[2]}"),
            f"{text(rule.title.en)}<br>{zh(rule.title.zh)}",
            _clause(book, rule.clause),
            badge(rule.severity),
        )
        for rule in rules
    ]
    return [
        table(["", ""], [(f"**{name}**", said) for name, said in rows]),
        table(["item 条目", "title 标题", "clause 条款", "severity 严重程度"], listed),
    ]


def _common(book: Rulebook, rule: Rule) -> list[tuple[str, str]]:
    record = book.records[rule.record]
    rows = [
        ("Judges 检查对象", f"{twice(record.title.label)}, [its columns 列名](../records.md#{rule.record})"),
        ("Kind 规则类型", f"[{rule.kind_name}](../../../kinds/{rule.kind_name}.md)"),
    ]
    if rule.reading is not None:
        rows.append(("Our reading 我们的理解", f"{text(rule.reading.en)}<br>{zh(rule.reading.zh)}"))
    rows += [("Our default, not the manual's 我方默认值", said) for said in _defaults(rule)]
    if rule.formerly:
        rows.append(("Formerly 曾用编号", ", ".join(map(code, rule.formerly))))
    return rows


def _clause(book: Rulebook, number: str) -> str:
    clause = book.clauses[number]
    return f"[{text(number)}](../coverage.md#{anchor(number)}) {text(clause.en)} {zh(clause.zh)}"


def anchor(number: str) -> str:
    """Return the anchor of a clause on its rulebook's page of coverage."""
    return f"c-{number}"


def _defaults(rule: Rule) -> Iterator[str]:
    named: dict[str, object] = {
        **dict(rule.values),
        **{name: getattr(rule.kind, name) for name in rule.defaults if hasattr(rule.kind, name)},
    }
    for name in rule.defaults:
        held = named[name]
        if isinstance(held, Dated):
            for edition in held.editions:
                if edition.default and edition.reason is not None:
                    reason = edition.reason
                    yield f"{code(name)} = {text(value(edition.is_))}: {text(reason.en)} {zh(reason.zh)}"


def _says(book: Rulebook, rule: Rule, content: Mapping[str, Any]) -> Iterator[str]:
    texts = {**key_texts(type(rule.kind))}
    rows = [
        (code(key), _value(held), text(texts.get(key, "")).replace("\\`\\`", ""))
        for key, held in content.get(rule.kind_name, {}).items()
        if key != "record"
    ]
    yield table(["key", "value", "what the key means"], rows)
    if rule.lookup:
        yield "It looks up 查找其他记录:"
        looked = []
        for name, found in rule.lookup.items():
            on = ", ".join(f"{mine} = {found.record}.{theirs}" for mine, theirs in found.on.items())
            of = book.records[found.record].title.label
            where = f", where {code(found.where)}" if found.where else ""
            looked.append((code(name), f"{code(found.take)} of {twice(of)}, {code(on) if on else 'all'}{where}"))
        yield table(["name", "what it is"], looked)
    if values := content.get("values"):
        yield "With these values 取值:"
        yield table(["name", "value"], [(code(name), _value(held)) for name, held in values.items()])


def _value(held: object) -> str:
    if isinstance(held, Mapping) and "is" in held:
        dated = f" from {held['from']}" if "from" in held else ""
        ours = " (our default 我方默认值)" if held.get("default") else ""
        return f"{code(value(held['is']))}{dated}{ours}"
    if isinstance(held, list) and held and all(isinstance(one, Mapping) and "is" in one for one in held):
        return "<br>".join(map(_value, held))
    return code(value(held))


def _examples(rule: Rule) -> Iterator[str]:
    yield table(
        ["outcome 结论", "example 情形", "the record 记录", "as of 截止"], [_example(one) for one in rule.example]
    )


def _example(example: Example) -> tuple[str, str, str, str]:
    due = f"<br>{both('due').en} {value(example.due)}" if example.due else ""
    given = [f"{code(name)} {text(value(held))}" for name, held in example.given.items()]
    for record, rows in example.rows.items():
        given += [
            f"+ {code(record)} " + text(", ".join(f"{name} {value(held)}" for name, held in row.items()))
            for row in rows
        ]
    item = f"{code('#' + example.item)} " if example.item else ""
    name = f"{item}{text(example.name)}"
    return badge(example.expect) + due, name, "<br>".join(given), value(example.as_of) if example.as_of else ""
