"""``checker test``: the examples of the rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.options import Books, Lang
from checker.errors import CheckerError, UsageError, not_together
from checker.language import _

if TYPE_CHECKING:
    from checker.authoring.mutation import Result, Survivor
    from checker.examples import Run
    from checker.rulebook.rule import Rule
    from checker.rulebook.rulebook import Rulebook


def test(
    select: Annotated[
        list[str],
        typer.Argument(
            help=_("A rulebook, or id or its beginning, clause, severity, record, kind."),
            metavar="RULES",
        ),
    ] = [],  # noqa: B006
    rulebook: Books = [],  # noqa: B006
    mutate: Annotated[
        bool, typer.Option("--mutate", help=_("Change each rule here and there, and list what its examples miss."))
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help=_("With --mutate: write the examples that notice into the rule files."))
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help=_("Run again whenever a file changes."))] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", help=_("Write the results as JUnit XML."), metavar="FILE")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=_("Print only what fails."))] = False,
    lang: Lang = None,
) -> None:
    """Run the examples. Exit status: 0 all as expected, 1 some not, 2 a rulebook cannot be read."""
    if mutate and junit is not None:
        raise not_together("--junit", "--mutate")
    if write and not mutate:
        raise UsageError("--write", _("it writes what --mutate finds"), _("add --mutate"))

    def run() -> bool:
        books, rules = _chosen(rulebook, select)
        return _mutate(books, rules, quiet=quiet, write=write) if mutate else _run(books, rules, junit, quiet=quiet)

    if watch:
        _watch(rulebook, run)
    elif not run():
        raise typer.Exit(1)


def _chosen(rulebook: Sequence[str], select: Sequence[str]) -> tuple[list[Rulebook], list[Rule]]:
    from checker.plugins import rulebooks
    from checker.selection import selected

    books = rulebooks(rulebook)
    return books, selected((rule for book in books for rule in book.rules.values()), select, option="")


def _by_book(books: Sequence[Rulebook], rules: Sequence[Rule]) -> Iterator[tuple[Rulebook, list[Rule]]]:
    wanted = {id(rule) for rule in rules}
    for book in books:
        yield book, [rule for rule in book.rules.values() if id(rule) in wanted]


def _watch(rulebook: Sequence[str], run: Callable[[], bool]) -> None:
    from checker.authoring.watch import repeat
    from checker.plugins import rulebooks

    def once() -> None:
        try:
            run()
        except CheckerError as error:
            for line in error.lines:
                typer.echo(f"checker: {line}", err=True)
        typer.echo(_("Waiting for a change; Ctrl-C ends."))

    repeat(once, [book.path for book in rulebooks(rulebook)])


def _run(books: Sequence[Rulebook], rules: Sequence[Rule], junit: Path | None, *, quiet: bool) -> bool:
    from checker.examples import gaps, run_examples

    cases: list[tuple[str, str, str | None]] = []
    for book, own in _by_book(books, rules):
        cases += [
            (run.rule.id, run.example.name, None if run.passed else _difference(run)) for run in run_examples(book, own)
        ]
    examples = len(cases)
    for rule, outcome in gaps(rules):
        cases.append((rule.id, _("no example shows {outcome}").format(outcome=_(outcome)), ""))
    for rule_id, name, failure in cases:
        if failure is not None:
            typer.echo(f"FAIL  {rule_id}: {name}")
            for line in failure.splitlines():
                typer.echo(f"      {line}")
        elif not quiet:
            typer.echo(f"ok    {rule_id}: {name}")
    if junit is not None:
        from checker.authoring.junit import write_junit

        write_junit(junit, cases)
    failed = sum(failure is not None for _rule, _name, failure in cases)
    typer.echo(
        _("{count} examples of {rules} rules, {failed} failed").format(count=examples, rules=len(rules), failed=failed)
    )
    return not failed


def _difference(run: Run) -> str:
    """Return what was expected and what came out, with how the rule counts."""
    from checker.examples import shown

    due = run.example.due
    expected = _(run.example.expect) + (f", {_('due')} {shown(due)}" if due else "")
    actual = _(run.outcome) + (f", {_('due')} {run.due}" if due or run.due else "")
    told = _("expected {expected}\nbut was  {actual}: {sentence}")
    return told.format(expected=expected, actual=actual, sentence=run.sentence)


def _mutate(books: Sequence[Rulebook], rules: Sequence[Rule], *, quiet: bool, write: bool) -> bool:
    from checker.authoring.equivalents import FILE, reasons
    from checker.authoring.mutation import mutated

    results: list[Result] = []
    in_vain = 0
    for book, own in _by_book(books, rules):
        found = []
        stated = reasons(book)
        for result in mutated(book, own, stated):
            _tell(result, quiet=quiet)
            found.append(result)
        for rule, change in stated.unused({rule.id for rule in own}):
            in_vain += 1
            typer.echo(f"STALE {book.about.name}/{rule}: {change}: " + _("take it out of {file}").format(file=FILE))
        if write:
            _write(book, found)
        results += found
    missed = sum(len(result.survivors) + len(result.untold) for result in results)
    typer.echo(
        _("{made} changes of {rules} rules: {killed} noticed, {missed} not noticed, {same} make no difference").format(
            made=sum(result.made for result in results),
            rules=len(results),
            killed=sum(result.killed for result in results),
            missed=missed,
            same=sum(len(result.same) for result in results),
        )
    )
    return not missed and not in_vain


def _write(book: Rulebook, results: Iterable[Result]) -> None:
    """Write the examples that notice changes into a rulebook's files."""
    from checker.authoring.survivors import add_examples, by_example
    from checker.rulebook.rulebook import file_of

    found: dict[Path, list[tuple[str, list[Survivor]]]] = {}
    for result in results:
        for survivors in by_example(result.survivors):
            found.setdefault(file_of(book, result.rule), []).append((result.rule.id, survivors))
    for path, examples in found.items():
        add_examples(path, examples)
        typer.echo(_("{count} examples written: {path}").format(count=len(examples), path=path))


def _tell(result: Result, *, quiet: bool) -> None:
    from checker.authoring.equivalents import FILE
    from checker.authoring.mutants import in_short
    from checker.authoring.survivors import as_example, by_example

    for survivors in by_example(result.survivors):
        for one in survivors:
            words = {"says": _(one.says[0].word), "instead": _(one.instead[0].word)}
            told = _("the rule says {says}, changed {instead}").format(**words)
            typer.echo(f"MISS  {result.rule.id}: {one.what} ({told})")
        typer.echo("      " + _("an example that notices:"))
        for line in as_example(survivors).splitlines():
            typer.echo(f"      {line}")
    for what in result.untold:
        typer.echo(f"MISS  {result.rule.id}: {what}")
        said = _("no made-up record notices; write an example, or state in {file} why none can: {change}")
        typer.echo("      " + said.format(file=FILE, change=json.dumps(in_short(what), ensure_ascii=False)))
    if not quiet:
        for what, reason in result.same:
            typer.echo(f"same  {result.rule.id}: {what}: {reason}")
