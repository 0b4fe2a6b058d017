"""Three pages for each rulebook: its rules by topic, what becomes of each clause, and the records it reads."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from checker.language import Label
from checker.rulebook.coverage import Covered, counted, coverage
from checker.rulebook.model import Record, RecordField
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from pages.kinds import page
from pages.markdown import badge, code, heading, table, text, twice, zh
from pages.rules import anchor, families


def all_rulebooks(books: Iterable[Rulebook]) -> str:
    """Return the page of all rulebooks."""
    rows = [
        (
            f"[{text(book.about.title.en)}]({book.name}/index.md)<br>{zh(book.about.title.zh)}",
            code(book.name),
            f"[{len(book.clauses)}]({book.name}/coverage.md)",
            str(len(book.rules)),
            f"[{len(book.records)}]({book.name}/records.md)",
        )
        for book in books
    ]
    about = (
        "Four manuals come with the program, each as a rulebook: a plugin like any other. Every rule has a page, found "
        "by topic or by searching for its title, its clause or its id."
    )
    chinese = "随程序附带的四本手册。每条规则都有一页，可按主题查找，也可搜索标题、条款号或规则编号。"
    headers = ["rulebook 手册", "name 名称", "clauses 条款", "rules 规则", "record types 数据表"]
    return "\n\n".join(["# Rulebooks 规则手册", about, zh(chinese), table(headers, rows)]) + "\n"


def pages(book: Rulebook) -> Iterable[tuple[str, str]]:
    """Yield the address and the text of a rulebook's own pages."""
    folder = f"rulebooks/{book.name}"
    yield f"{folder}/index.md", _index(book)
    yield f"{folder}/coverage.md", _coverage(book)
    yield f"{folder}/records.md", _records(book)


def _link(rule: Rule, shown: str) -> str:
    """Return a link to a rule's page from those of its rulebook."""
    return f"[{shown}]({page(rule.id).split('/', 2)[2]})"


def _index(book: Rulebook) -> str:
    about = book.about
    counts = counted(coverage(book))
    told = ", ".join(f"{count} {disposition}" for disposition, count in counts.items() if count)
    parts = [
        heading(about.title.label),
        (
            f"{len(book.rules)} rules over {len(book.clauses)} clauses ({told}) and {len(book.records)} record types; "
            f"edition {text(about.edition)}, days in {text(about.timezone)}."
        ),
        (
            "- [What becomes of every clause 逐条覆盖](coverage.md)\n"
            "- [The records it reads, and their columns 数据表与列名](records.md)\n"
            f"- Audit with it: `checker check DATA -r {book.name}`"
        ),
    ]
    if about.source is not None:
        parts.append(twice(about.source.label))
    for topic, files in groupby(families(book), lambda family: family[0].split("/")[1]):
        parts += [
            f"## {topic}",
            table(["rule 规则", "clause 条款", "severity 严重程度", "kind 类型"], map(_row, files)),
        ]
    return "\n\n".join(parts) + "\n"


def _row(family: tuple[str, list[Rule]]) -> tuple[str, str, str, str]:
    identity, rules = family
    first = rules[0]
    if len(rules) == 1:
        title = f"{_link(first, text(first.title.en))} {zh(first.title.zh)}"
    else:
        title = f"{_link(first, text(identity.split('/', 2)[2].replace('-', ' ')))} ({len(rules)} items 条)"
    severities = " ".join(badge(one) for one in dict.fromkeys(rule.severity for rule in rules))
    clauses = text(first.clause) + (" …" if len(rules) > 1 else "")
    return title, clauses, severities, first.kind_name


def _coverage(book: Rulebook) -> str:
    clauses = coverage(book)
    counts = [(badge(disposition), str(count), MEANS[disposition]) for disposition, count in counted(clauses).items()]
    parts = [
        heading(Label("Coverage", "逐条覆盖")),
        twice(book.about.title.label),
        f"Every clause of the manual, in our words, and what becomes of it; so does `checker coverage {book.name}`.",
        table(["", "clauses 条款数", "what it means 含义"], counts),
        table(["clause 条款", "", "in short 内容", "checked by 由谁检查"], map(_covered, clauses)),
    ]
    return "\n\n".join(parts) + "\n"


MEANS = {
    "rule": f"a program decides it by the manual's own words {zh('程序按手册原意判断')}",
    "indicator": f"a program computes a figure, or warns by a number of ours {zh('程序计算指标，或按我方默认值预警')}",
    "manual": f"an inspector looks; the question stands there {zh('检查员现场查看，并列出问题')}",
    "context": f"it asks for nothing that could be broken {zh('没有可违反的要求')}",
    "unaccounted": f"the rulebook says nothing of it {zh('规则手册未作处理')}",
}


def _covered(one: Covered) -> tuple[str, str, str, str]:
    files: dict[str, list[Rule]] = {}
    for rule in one.rules:
        files.setdefault(page(rule.id), []).append(rule)
    checked = [_link(rules[0], text(rules[0].title.en)) + _ours(rules) for rules in files.values()]
    if one.clause.manual is not None:
        checked.append(twice(one.clause.manual.label))
    number = f'<span id="{anchor(one.number)}">{text(one.number)}</span>'
    return number, badge(one.disposition), f"{text(one.clause.en)}<br>{zh(one.clause.zh)}", "<br>".join(checked)


def _ours(rules: list[Rule]) -> str:
    more = f" (+ {len(rules) - 1})" if len(rules) > 1 else ""
    return more + (" (our default 我方默认值)" if all(rule.defaults for rule in rules) else "")


def _records(book: Rulebook) -> str:
    parts = [
        heading(Label("Records", "数据表与列名")),
        twice(book.about.title.label),
        (
            "What an export has to be called, and which headers are understood for each field. "
            f"`checker records --template 空表 -r {book.name}` writes empty sheets, `checker records --match DATA` "
            "shows what went where."
        ),
    ]
    for name, record in book.records.items():
        parts += [f"## {text(record.title.en)} {text(record.title.zh)} {{ #{name} }}", _roles(name, record)]
        rows = [(code(field), _headers(about), _type(about)) for field, about in record.fields.items()]
        parts.append(table(["field 字段", "headers 列名", "type 类型"], rows))
    return "\n\n".join(parts) + "\n"


def _roles(name: str, record: Record) -> str:
    said = [f"record type {code(name)}", "files " + ", ".join(map(code, record.files))]
    said.append("key 主键 " + ", ".join(map(code, record.key)))
    return "; ".join(said) + "."


def _headers(field: RecordField) -> str:
    return zh("、".join(field.headers)) if field.headers else ""


def _type(field: RecordField) -> str:
    said = field.type.replace("_", " ") + (f" ({field.unit})" if field.unit else "")
    if field.choices:
        said += ": " + ", ".join(f"{text(one)} {zh('/'.join(names))}" for one, names in field.choices.items())
    marks = {
        "may lie ahead 可在将来": field.moment == "plan",
        "masked 脱敏": field.personal,
        "optional 可缺": field.optional,
    }
    return said + "".join(f" *{mark}*" for mark, holds in marks.items() if holds)
