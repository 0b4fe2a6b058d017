"""``checker explain``: a rule, or why a record got its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.options import AsOf, Books, ConfigFile, Lang, Settings, instant, usable
from checker.errors import UsageError, nearest
from checker.language import Label, _, current, headed, listed

if TYPE_CHECKING:
    from checker.rulebook.rule import Rule
    from checker.rulebook.rulebook import Rulebook


def explain(
    identity: Annotated[str, typer.Argument(help=_("The rule's id."), metavar="ID")],
    data: Annotated[
        list[str], typer.Argument(help=_("With --record: folders, files and patterns."), metavar="DATA")
    ] = [],  # noqa: B006
    record: Annotated[
        str | None, typer.Option("--record", help=_("The key of the record to explain."), metavar="KEY")
    ] = None,
    rulebook: Books = [],  # noqa: B006
    as_of: AsOf = None,
    setting: Settings = [],  # noqa: B006
    config: ConfigFile = None,
    lang: Lang = None,
) -> None:
    """Explain a rule; with ``--record KEY DATA...`` how it judges one record, step by step."""
    from checker.config import read_config
    from checker.plugins import rulebooks, sources_of

    if as_of is not None and record is None:
        raise UsageError(f"--as-of {as_of}", _("it is the day on which a record is judged"), _("add --record KEY DATA"))
    plugins = usable()
    settings = read_config(config)
    books = rulebooks(rulebook or settings.rulebooks, settings.overrides(setting), plugins)
    book, rule = _found(books, identity)
    if record is None and not data:
        _about(book, rule)
        _examples(book, rule)
        _definition(book, rule)
        return
    if record is None or not data:
        raise UsageError("explain", _("--record and DATA go together"), _("give the key of a record, and its exports"))

    from checker.cli import unasked
    from checker.explain import explain_record
    from checker.report.plain import plain

    mappings, readers, moment = settings.mappings(books), sources_of(plugins), instant(as_of)
    with unasked.told(books, rulebook):
        explained = explain_record(data, books, rule, record, moment, settings.working_days, mappings, readers)
    _about(book, rule)
    for found in explained:
        typer.echo()
        typer.echo(plain(f"{found.place}  {record}"))
        typer.echo("  " + _("Found: {text}").format(text=plain(found.steps[-1].says)))
        typer.echo()
        for read in found.values:
            value = "—" if read.value is None else plain(read.value)
            typer.echo(f"  {read.label} = {value}" + ("" if read.is_readable else _(" (cannot be read)")))
        typer.echo()
        typer.echo("  " + _("Steps, of which the first that holds decides:"))
        for step in found.steps:
            mark = _("yes") if step.holds else _("no")
            typer.echo(f"  {mark:4}{headed(_(step.outcome.word), plain(step.says))}")
        typer.echo(f"  = {_(found.outcome.word)}")


def _found(books: list[Rulebook], identity: str) -> tuple[Rulebook, Rule]:
    for book in books:
        for rule in book.rules.values():
            if identity in (rule.id, *rule.formerly):
                return book, rule
    known = [rule.id for book in books for rule in book.rules.values()]
    raise UsageError(identity, _("there is no such rule"), nearest(identity, known))


def _about(book: Rulebook, rule: Rule) -> None:
    """Say what is expected and why it counts: title and severity, the clause, our reading, and what is ours."""
    clause = book.clauses[rule.clause]
    typer.echo(f"{rule.id}  [{_(rule.severity)}]")
    typer.echo(str(rule.title.label))
    typer.echo()
    typer.echo(_("Clause {number}: {text}").format(number=rule.clause, text=Label(clause.en, clause.zh)))
    if rule.reading is not None:
        typer.echo(_("Our reading: {text}").format(text=rule.reading.label))
    if rule.defaults:
        typer.echo(_("Our default, not the manual's: {keys}").format(keys=listed(rule.defaults)))
    if rule.overrides:
        typer.echo(_("Set here: {settings}").format(settings=listed(rule.overrides)))


def _definition(book: Rulebook, rule: Rule) -> None:
    typer.echo()
    typer.echo(_("Kind: {kind}, of {record}").format(kind=rule.kind_name, record=book.records[rule.record].title.label))
    for key, value in rule.kind.model_dump(mode="json", exclude_defaults=True, by_alias=True).items():
        if key != "record":
            typer.echo(f"  {key} = " + _value(value).strip().replace("\n", "\n    "))
    for name, table in rule.lookup.items():
        on = ", ".join(f"{mine} = {table.record}.{theirs}" for mine, theirs in table.on.items())
        line = _("{name} = {take} of {record} ({on})")
        where = _(" where {condition}").format(condition=table.where) if table.where else ""
        typer.echo("  " + line.format(name=name, take=table.take, record=table.record, on=on) + where)
    for name, dated in rule.values.items():
        typer.echo(f"  {name} = {_value(dated.model_dump(mode='json', exclude_defaults=True, by_alias=True))}")


def _value(value: object) -> str:
    """Return a rule's value as its file would put it."""
    if isinstance(value, dict) and "editions" in value:
        editions = value["editions"]
        return "; ".join(
            f"{one['is']}"
            + (f" ({_('from')} {one['from']})" if "from" in one else "")
            + (f" ({one['reason'][current()]})" if one.get("reason") else "")
            for one in editions
        )
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict) and value.keys() == {"en", "zh"}:
        return str(value[current()])
    if isinstance(value, dict):
        return "; ".join(f"{key} = {_value(one)}" for key, one in value.items())
    return str(value)


def _examples(book: Rulebook, rule: Rule) -> None:
    """Show the rule's examples, with what it says of those that break it."""
    from checker.examples import run_examples

    typer.echo()
    typer.echo(_("Examples:"))
    for run in run_examples(book, [rule]):
        due = f", {_('due')} {run.example.due}" if run.example.due else ""
        typer.echo(f"  {headed(_(run.example.expect) + due, run.example.name)}")
        if run.outcome == "violation":
            typer.echo(f"    {run.sentence}")
