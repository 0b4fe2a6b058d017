"""Which changes of a rule its examples notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import duckdb
from sqlglot import exp

from checker import wording
from checker.authoring.made_up import made_up
from checker.authoring.mutants import Mutant, mutants
from checker.calendar import Calendar
from checker.errors import RulebookError
from checker.examples import Trial, laid_out, rows_of_cases, shown
from checker.kinds.query import Query
from checker.language import _
from checker.plan import Judged
from checker.rulebook.expressions import ExpressionError
from checker.rulebook.kind import Judgement, Outcome, judgement
from checker.rulebook.read import file_of
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.scope import Scope
from checker.sql import NULL, column
from checker.tables import AS_OF, CASE

_AT_ONCE = 40
"""Rules whose mutants are judged by one query plan: enough to be quick, few enough to be planned quickly."""

_MADE_UP = 300

Said = tuple[Outcome, str | None]
"""What a rule says of a case: its outcome, and by when it was due."""


@dataclass(frozen=True)
class Survivor:
    """A change that no example notices.

    Attributes:
        what: The change.
        example: A record that would notice it.
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
        same: Those that say the same of every record, each with the reason to think so.
    """

    rule: Rule
    killed: int
    survivors: tuple[Survivor, ...]
    same: tuple[tuple[str, str], ...]

    @property
    def made(self) -> int:
        """How many mutants there were."""
        return self.killed + len(self.survivors) + len(self.same)


def mutated(book: Rulebook, rules: Iterable[Rule], calendar: Calendar | None = None) -> Iterator[Result]:
    """Yield what becomes of the mutants of some rules of a rulebook.

    Raises:
        RulebookError: for a rule whose examples fail as it stands.
    """
    waiting = iter(rules)
    while batch := list(islice(waiting, _AT_ONCE)):
        try:
            yield from _batch(book, batch, calendar, _compiles)
        except duckdb.Error:  # only the engine can tell of some changed queries that they say nothing
            yield from _batch(book, batch, calendar, _runs)


def _batch(
    book: Rulebook, rules: Sequence[Rule], calendar: Calendar | None, admitted: Callable[[Rule, Rulebook], bool]
) -> list[Result]:
    alive: dict[str, list[Mutant]] = {}
    same: dict[str, list[tuple[str, str]]] = {}
    for rule in rules:
        alive[rule.id], same[rule.id] = _compiled(rule, book, admitted)
    made = {id_: len(found) for id_, found in alive.items()}
    for rule, said in _said(book, {rule.id: (rule, rule.example) for rule in rules}, alive, calendar):
        if not all(map(_as_expected, rule.example, said[0])):
            raise RulebookError(file_of(book, rule), _("its examples fail"), _("run 'checker test' first"))
        pairs = zip(alive[rule.id], said[1:], strict=True)
        alive[rule.id] = [mutant for mutant, one in pairs if all(map(_as_expected, rule.example, one))]
    survivors: dict[str, list[Survivor]] = {rule.id: [] for rule in rules}
    trials = {rule.id: (rule, made_up(rule, book, _MADE_UP)) for rule in rules if alive[rule.id]}
    for rule, said in _said(book, trials, alive, calendar):
        examples = trials[rule.id][1]
        for mutant, one in zip(alive[rule.id], said[1:], strict=True):
            differing = [number for number, pair in enumerate(zip(said[0], one, strict=True)) if pair[0] != pair[1]]
            if differing:
                best = min(differing, key=lambda number: _oddity(examples[number], said[0][number], one[number]))
                survivors[rule.id].append(Survivor(mutant.what, examples[best], said[0][best], one[best]))
            else:
                reason = _("the same outcome for {count} made-up records").format(count=len(examples))
                same[rule.id].append((mutant.what, reason))
    return [
        Result(rule, made[rule.id] - len(alive[rule.id]), tuple(survivors[rule.id]), tuple(same[rule.id]))
        for rule in rules
    ]


def _compiled(
    rule: Rule, book: Rulebook, admitted: Callable[[Rule, Rulebook], bool]
) -> tuple[list[Mutant], list[tuple[str, str]]]:
    """Return the mutants that compile, and those that compile to the very same judgement."""
    original = _judgement(rule, book)
    differing: list[Mutant] = []
    same: list[tuple[str, str]] = []
    for mutant in mutants(rule, book):
        try:
            changed = _judgement(mutant.rule, book)
        except ExpressionError:
            continue
        if not admitted(mutant.rule, book):
            continue
        if changed == original:
            same.append((mutant.what, _("it compiles to the same query")))
        else:
            differing.append(mutant)
    return differing, same


def _compiles(_rule: Rule, _book: Rulebook) -> bool:
    return True


def _runs(rule: Rule, book: Rulebook) -> bool:
    """Return whether the engine takes a changed rule."""
    if not isinstance(rule.kind, Query):
        return True
    try:
        with laid_out(book, [(rule, rule.example[0])], [rule]):
            return True
    except duckdb.Error:
        return False


def _judgement(rule: Rule, book: Rulebook) -> tuple[object, ...]:
    everything = {name: frozenset(record.fields) for name, record in book.records.items()}
    scope = Scope(rule, book.records, everything.get, column(AS_OF), roll=book.about.roll is not None)
    judged: Judgement = judgement(rule.kind, scope)
    steps = tuple((branch.outcome, branch.when) for branch in judged.branches)
    return steps, judged.due and judged.due.sql, tuple(scope.derived)


def _said(
    book: Rulebook,
    trials: Mapping[str, tuple[Rule, Sequence[Example]]],
    changed: Mapping[str, Sequence[Mutant]],
    calendar: Calendar | None,
) -> Iterator[tuple[Rule, list[list[Said]]]]:
    """Yield for each rule what it and its mutants say of its cases, the rule itself first."""
    cases = [(rule, example) for rule, examples in trials.values() for example in examples]
    numbers: dict[str, list[int]] = {id_: [] for id_ in trials}
    for number, (rule, _example) in enumerate(cases):
        numbers[rule.id].append(number)
    rules = [one for id_, (rule, _e) in trials.items() for one in (rule, *(mutant.rule for mutant in changed[id_]))]
    if not cases:
        return
    with laid_out(book, cases, rules, calendar) as trial:
        places = {id(judged.rule): (judged, table) for record, table in trial.records() for judged in record.rules}
        for id_, (rule, _examples) in trials.items():
            judged = [places[id(one)][0] for one in (rule, *(mutant.rule for mutant in changed[id_]))]
            yield rule, _answers(trial, judged, places[id(rule)][1], numbers[id_])


def _answers(trial: Trial, rules: Sequence[Judged], table: str, cases: Sequence[int]) -> list[list[Said]]:
    cells: list[exp.Expr] = []
    for number, judged in enumerate(rules):
        due = judged.judgement.due
        code = judged.decided(lambda _index, branch: branch.outcome)
        cells.append(exp.alias_(code, f"_outcome{number}"))
        cells.append(exp.alias_(NULL if due is None else wording.shown(due, None), f"_due{number}"))
    rows = rows_of_cases(table, cases)
    answer = {row[0]: row[1:] for row in trial.engine.fetch(exp.select(column(CASE), *cells).from_(rows.subquery("r")))}
    return [
        [(Outcome(answer[case][2 * number]), answer[case][2 * number + 1]) for case in cases]
        for number in range(len(rules))
    ]


def _oddity(example: Example, said: Said, instead: Said) -> tuple[bool, bool, bool, int]:
    """Return how far an example is from the plain ones that people write."""
    odd = said[0] not in (Outcome.PASS, Outcome.VIOLATION)
    return said[0] == instead[0], odd, example.as_of is not None, len(str(example.given)) + len(str(example.rows))


def _as_expected(example: Example, said: Said) -> bool:
    outcome, due = said
    return outcome.word == example.expect and (example.due is None or due == shown(example.due))
