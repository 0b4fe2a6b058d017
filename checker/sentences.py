"""What a rule's sentences quote, asked beside its due date, and the sentences around it."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from checker import wording
from checker.language import LANGUAGES, Label, Language, translate
from checker.plan import Judged, RecordPlan
from checker.rulebook.kind import Fact, Listing, Sentence
from checker.rulebook.typed import Typed
from checker.sql import NULL, as_column, column, sql, subquery
from checker.wording import Template

BRANCH = "_branch"
"""The number of the branch that decides."""


def shown_column(field: str) -> str:
    """Return the column of told records that holds a field as text: its value, or what stands there instead of one."""
    return f"{field}__shown"


class Telling:
    """What there is to tell of one rule: the facts that sentences quote as texts, and the sentences around them.

    Args:
        record: The plan of the rule's record type.
        judged: The rule.
        branches: The branches that may decide; all of them where nothing is said.
        told: Whether the rows are told records, which have their fields as text; else only values.
        mask: Whether personal fields are masked.

    Attributes:
        sentences: For each of these branches its sentence in each language; facts are numbered as in ``facts``.
    """

    def __init__(
        self,
        record: RecordPlan,
        judged: Judged,
        branches: Collection[int] | None = None,
        *,
        told: bool = False,
        mask: bool = False,
    ) -> None:
        self._record, self._judged, self._told, self._mask = record, judged, told, mask
        self._values: dict[exp.Expr, str] = {}
        self._facts: dict[exp.Expr, tuple[int, set[int]]] = {}
        judgement = judged.judgement
        numbers = range(len(judgement.branches)) if branches is None else sorted(branches)
        self.sentences: dict[int, dict[Language, Template]] = {
            branch: {
                language: self._template(judgement.branches[branch].says, branch, language) for language in LANGUAGES
            }
            for branch in numbers
        }
        # not as a field's cell has it: one that cannot be read, or lies later than the audit, is no day that is due
        self.due = NULL if judgement.due is None else self._shown(judgement.due, None)
        self.overdue = NULL if judgement.overdue is None else self._value(judgement.overdue)

    @property
    def all_facts(self) -> exp.Expr:
        """The facts as an array of texts, of whichever branch."""
        return exp.Array(expressions=list(self._facts))

    @property
    def facts(self) -> exp.Expr:
        """The facts as an array of texts; what one branch alone quotes is not computed for the others."""
        cells = []
        for fact, (_number, branches) in self._facts.items():
            if len(branches) == 1 < len(self.sentences) and not isinstance(fact, exp.Column):
                fact = sql("CASE WHEN :b = :n THEN :f END", b=column(BRANCH), n=min(branches), f=fact)  # noqa: PLW2901
            cells.append(fact)
        return exp.Array(expressions=cells)

    def asked(self, rows: exp.Select, branch: exp.Expr, cells: Sequence[exp.Expr]) -> exp.Select:
        """Return a question about rows.

        Args:
            rows: The rows, whatever they select.
            branch: The number of the branch that decides of each.
            cells: What to answer, given the branch and the values that due dates and facts are made of; columns are
                handed to them by name, for planning every column of the rows for every rule takes long.
        """
        made = {BRANCH: branch, **{name: value for value, name in self._values.items()}}
        read = dict.fromkeys(one.name for cell in cells for one in cell.find_all(exp.Column) if one.name not in made)
        named = [as_column(value, name) for name, value in made.items()]
        rows = rows.select(*map(column, read), *named, append=False, copy=False)
        return exp.select(*cells, copy=False).from_(subquery(rows, "d"), copy=False)

    def _template(self, says: str, branch: int, language: Language) -> Template:
        """Return a branch's sentence, and note the facts it quotes."""
        parts, slots = [""], list[int]()

        def take(template: str, facts: Mapping[str, Fact]) -> None:
            for words, name, _spec, _conversion in string.Formatter().parse(template):
                parts[-1] += words
                if name:
                    quote(facts[name])

        def put(fact: exp.Expr) -> None:
            slot, branches = self._facts.setdefault(fact, (len(self._facts), set()))
            branches.add(branch)
            slots.append(slot)
            parts.append("")

        def quote(fact: Fact) -> None:
            match fact:
                case Typed():
                    put(self._text(fact, language))
                case Listing():
                    tests = Listing(tuple((self._value(test), label) for test, label in fact.items))
                    put(wording.listed(tests, language))
                case Label():
                    parts[-1] += fact.in_(language)
                case Sentence():
                    take(fact.template(language), fact.facts)
                case _:
                    for index, one in enumerate(fact):
                        parts[-1] += wording.BETWEEN[language] if index else ""
                        take(one.template(language), one.facts)

        take(translate(says, language), self._judged.judgement.facts)
        return Template(tuple(parts), tuple(slots))

    def _value(self, value: exp.Expr) -> exp.Expr:
        """Return the column that holds a computed value."""
        if isinstance(value, (exp.Column, exp.Literal, exp.Boolean, exp.Null)):
            return value
        return column(self._values.setdefault(value, f"_value{len(self._values)}"))

    def _text(self, value: Typed, language: Language | None) -> exp.Expr:
        """Return a value as text, a field as its cell has it, masked where it must be."""
        is_field = isinstance(value.sql, exp.Column) and value.sql.name in self._record.table.fields
        if self._told and is_field and wording.shown(value, language) == wording.shown(value, None):
            return column(shown_column(value.sql.name))
        return self._shown(value, language)

    def _shown(self, value: Typed, language: Language | None) -> exp.Expr:
        shown = wording.shown(replace(value, sql=self._value(value.sql)), language)
        return self._record.masked(value, shown) if self._mask else shown
