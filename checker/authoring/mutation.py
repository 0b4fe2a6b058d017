"""Which changes of a rule its examples notice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import duckdb
from sqlglot import exp

from checker import wording
from checker.authoring.equivalents import Reasons
from checker.authoring.made_up import made_up
from checker.authoring.mutants import Mutant, in_short, mutants
from checker.engines.duckdb import DuckDB
from checker.errors import RulebookError
from checker.examples import Trial, laid_out, rows_of_cases, shown
from checker.kinds.query import Query
from checker.language import _
from checker.plan import Judged
from checker.rulebook.kind import Outcome, judgement
from checker.rulebook.names import all_exported
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook, file_of
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError
from checker.sql import NULL, column
from checker.tables import AS_OF, CASE

_AT_ONCE = 250
"""Changes that are judged by one query plan: enough to be quick, few enough to be planned quickly."""

_ENGINE = partial(DuckDB, memory_limit="2GB")
"""The engine: what hundreds of changes are planned in takes more memory than an audit, whatever their rows."""

_MADE_UP = 600

Said = tuple[Outcome, str | None]
"""What a rule says of a case: its outcome, and by when it was due."""


@dataclass(frozen=True)
class Survivor:
    """A change that no example notices.

    Attributes:
        what: The change.
        example: A record that would notice it, and others too where one does.
        says: What the rule says of that record.
        instead: What the changed rule says.
    """

    what: str
    example: Example
    says: Said
    instead: Said


@dataclass(frozen=True)
class Result:
    """What became of a rule's mutants.

    Attributes:
        killed: How many the examples notice.
        survivors: Those that they do not.
        untold: Those that no made-up record notices either, and for which no reason is stated.
        same: Those that say the same of every record, each with the reason.
    """

    rule: Rule
    killed: int
    survivors: tuple[Survivor, ...]
    untold: tuple[str, ...]
    same: tuple[tuple[str, str], ...]

    @property
    def made(self) -> int:
        """How many mutants there were."""
        return self.killed + len(self.survivors) + len(self.untold) + len(self.same)


@dataclass
class _Changed:
    """A rule with those of its changes that no example has noticed yet, no record at all, and no record can."""

    rule: Rule
    alive: list[Mutant]
    untold: list[str]
    same: list[tuple[str, str]]


def mutated(book: Rulebook, rules: Iterable[Rule], stated: Reasons) -> Iterator[Result]:
    """Yield what becomes of the mutants of some rules of a rulebook.

    Args:
        book: The rulebook.
        rules: Those of its rules to change.
        stated: What it says of changes that make no difference.

    Raises:
        RulebookError: for a rule whose examples fail as it stands.
    """
    batch: list[_Changed] = []
    for rule in rules:
        batch.append(_compiled(rule, book))
        if sum(len(one.alive) for one in batch) >= _AT_ONCE:
            yield from _judged(book, batch, stated)
            batch = []
    yield from _judged(book, batch, stated)


def _judged(book: Rulebook, batch: Sequence[_Changed], stated: Reasons) -> list[Result]:
    before = [replace(one, alive=list(one.alive), untold=[], same=list(one.same)) for one in batch]
    try:
        return _batch(book, batch, stated)
    except (duckdb.Error, RulebookError):  # only the engine can tell of some changed queries that they say nothing
        for one in before:
            one.alive = [mutant for mutant in one.alive if _runs(mutant.rule, book)]
        return _batch(book, before, stated)


def _batch(book: Rulebook, batch: Sequence[_Changed], stated: Reasons) -> list[Result]:
    made = [len(one.alive) for one in batch]
    for one, said in _said(book, [(one, one.rule.example) for one in batch]):
        if not all(map(_as_expected, one.rule.example, said[0])):
            raise RulebookError(file_of(book, one.rule), _("its examples fail"), _("run 'checker test' first"))
        pairs = zip(one.alive, said[1:], strict=True)
        one.alive = [mutant for mutant, says in pairs if all(map(_as_expected, one.rule.example, says))]
    killed = [count - len(one.alive) for count, one in zip(made, batch, strict=True)]
    survivors: dict[str, list[Survivor]] = {one.rule.id: [] for one in batch}
    trials = [(one, made_up(one.rule, book, _MADE_UP)) for one in batch if one.alive]
    examples = {one.rule.id: cases for one, cases in trials}
    for one, said in _said(book, trials):
        cases = examples[one.rule.id]
        told = _telling(cases, said)
        for mutant, says, number in zip(one.alive, said[1:], told, strict=True):
            if _picks_another(one.rule, mutant.rule, book):
                one.same.append((mutant.what, _("the row is found by its key: there is no other to choose")))
            elif number is not None:
                survivors[one.rule.id].append(Survivor(mutant.what, cases[number], said[0][number], says[number]))
            elif (reason := stated.of(one.rule.id, in_short(mutant.what))) is not None:
                one.same.append((mutant.what, reason))
            else:
                one.untold.append(mutant.what)
    return [
        Result(one.rule, count, tuple(survivors[one.rule.id]), tuple(one.untold), tuple(one.same))
        for one, count in zip(batch, killed, strict=True)
    ]


def _telling(cases: Sequence[Example], said: Sequence[Sequence[Said]]) -> list[int | None]:
    """Return for each mutant a case that tells it from the rule, if any does: few cases for all, and plain ones.

    Args:
        cases: The cases.
        said: What is said of them: by the rule, then by each mutant.
    """
    rule, *mutants_ = said
    differing: list[set[int]] = []
    for one in mutants_:
        outcomes = {
            number for number, (says, instead) in enumerate(zip(rule, one, strict=True)) if says[0] != instead[0]
        }
        differing.append(
            outcomes or {n for n, (says, instead) in enumerate(zip(rule, one, strict=True)) if says != instead}
        )
    found: list[int | None] = [None] * len(mutants_)
    waiting = {index for index, numbers in enumerate(differing) if numbers}
    while waiting:
        count = Counter(number for index in waiting for number in differing[index])
        best = min(count, key=lambda number: (-count[number], _oddity(cases[number], rule[number])))
        for index in [one for one in waiting if best in differing[one]]:
            found[index] = best
            waiting.remove(index)
    return found


def _compiled(rule: Rule, book: Rulebook) -> _Changed:
    """Return a rule's mutants that compile, and those that compile to the very same judgement."""
    original = _judgement(rule, book)
    found = _Changed(rule, [], [], [])
    for mutant in mutants(rule, book):
        try:
            changed = _judgement(mutant.rule, book)
        except ExpressionError:
            continue
        if changed == original:
            found.same.append((mutant.what, _("it compiles to the same query")))
        else:
            found.alive.append(mutant)
    return found


def _picks_another(rule: Rule, changed: Rule, book: Rulebook) -> bool:
    """Return whether a change only has a lookup choose another row, where rows are found by their key."""
    for name, table in rule.lookup.items():
        other = changed.lookup[name]
        if other.take != table.take and other.take.partition("(")[2] == table.take.partition("(")[2]:
            return set(book.records[table.record].key) <= set(table.on.values())
    return False


def _runs(rule: Rule, book: Rulebook) -> bool:
    """Return whether the engine takes a changed rule."""
    if not isinstance(rule.kind, Query):
        return True
    try:
        with laid_out(book, [(rule, rule.example[0])], [rule]):
            return True
    except (duckdb.Error, RulebookError):
        return False


def _judgement(rule: Rule, book: Rulebook) -> tuple[object, ...]:
    scope = Scope(rule, book.records, all_exported(book.records), column(AS_OF), roll=book.about.roll is not None)
    judged = judgement(rule.kind, scope)
    steps = tuple((branch.outcome, branch.when) for branch in judged.branches)
    return steps, judged.due and judged.due.sql, tuple(scope.derived)


def _said(
    book: Rulebook, trials: Sequence[tuple[_Changed, Sequence[Example]]]
) -> Iterator[tuple[_Changed, list[list[Said]]]]:
    """Yield for each rule what it and its mutants say of its cases, the rule itself first."""
    cases = [(one.rule, example) for one, examples in trials for example in examples]
    numbers: dict[str, list[int]] = {one.rule.id: [] for one, _examples in trials}
    for number, (rule, _example) in enumerate(cases):
        numbers[rule.id].append(number)
    if not cases:
        return
    rules = {one.rule.id: [one.rule, *(mutant.rule for mutant in one.alive)] for one, _examples in trials}
    with laid_out(book, cases, [rule for several in rules.values() for rule in several], _ENGINE) as trial:
        places = {id(judged.rule): (judged, table) for record, table in trial.records() for judged in record.rules}
        for one, _examples in trials:
            judged = [places[id(rule)][0] for rule in rules[one.rule.id]]
            yield one, _answers(trial, judged, places[id(one.rule)][1], numbers[one.rule.id])


def _answers(trial: Trial, rules: Sequence[Judged], table: str, cases: Sequence[int]) -> list[list[Said]]:
    cells: list[exp.Expr] = []
    for number, judged in enumerate(rules):
        due = judged.judgement.due
        code = judged.decided(lambda _index, branch: branch.outcome)
        cells.append(exp.alias_(code, f"_outcome{number}"))
        cells.append(exp.alias_(NULL if due is None else wording.shown(due, None), f"_due{number}"))
    rows = rows_of_cases(table, cases)
    answer = {row[0]: row[1:] for row in trial.engine.fetch(exp.select(column(CASE), *cells).from_(rows.subquery("r")))}
    return [[_one(*answer[case][2 * number : 2 * number + 2]) for case in cases] for number in range(len(rules))]


def _one(code: int, due: str | None) -> Said:
    """Return what is said of a case; nothing is due of a record that is not judged."""
    outcome = Outcome(code)
    return outcome, None if outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_ASSESSED) else due


def _oddity(example: Example, says: Said) -> tuple[bool, bool, int]:
    """Return how far an example is from the plain ones that people write."""
    odd = says[0] not in (Outcome.PASS, Outcome.VIOLATION)
    return odd, example.as_of is not None, len(str(example.given)) + len(str(example.rows))


def _as_expected(example: Example, said: Said) -> bool:
    outcome, due = said
    return outcome.word == example.expect and (example.due is None or due == shown(example.due))
