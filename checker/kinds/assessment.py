"""``assessment``: an item of a checklist is examined in time, with conclusion, evidence and examiner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pydantic import model_validator
from sqlglot import exp

from checker.errors import nearest
from checker.language import N_, Label, _
from checker.periods import Period
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.due import Due, after, on_record
from checker.rulebook.expressions import compile_expression
from checker.rulebook.fields import field_value
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Listing, Outcome, Sentence
from checker.rulebook.model import Name, Record, Text
from checker.rulebook.rule import LookupTable
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Type, Typed, at
from checker.sql import TRUE, column, every, is_null, negated, sql, text

_DONE, _REST, _SINCE = "_done", "_rest", "_since"
_IN_TIME, _LATE, _LACKING = "0", "1", "2"
_ABSENT, _ANY = "x", "~"
_CALLED = Text(en="what was examined", zh="评估记录")


class Assessment(Kind):
    """An item is examined: by a date on record, or within a period of an event.

    The examinations of all items are taken in one pass as one text, so that hundreds of items cost little more
    than one. The earliest complete examination counts. An item without one in time is not assessed where the
    examinations on file begin too late for it, or where one in time does not say which item it is of.

    Attributes:
        of: The record type that holds the examinations.
        on: This record's fields, each with the field of an examination that must equal it.
        code: What an examination's ``item`` must be; the rule's clause where nothing is said.
        by: By when: a field of this record, or a list of them of which the first that is filled counts; while all are
            empty nothing is overdue.
        from_: Instead, the field from which a period counts; earlier examinations do not count.
        within: The period.
        item: The field or expression that says which item was examined; where it is empty, that may be any.
        at: The field that says when.
        conclusion: The field that says with what result.
        filled: A list of further fields that every examination needs.
        explained: The field that a conclusion other than ``ordinary`` needs.
        ordinary: The conclusion that needs no explanation.
    """

    of: Name = "assessment"
    on: dict[Name, Name]
    code: str = ""
    by: Name | tuple[Name, ...] = ()
    from_: Name | None = None
    within: Dated[Period] | None = None
    item: str = "item_code"
    at: Name = "reviewed_on"
    conclusion: Name = "conclusion"
    filled: tuple[Name, ...] = ("evidence", "reviewer")
    explained: Name = "explanation"
    ordinary: str = "normal"

    @model_validator(mode="after")
    def _one_limit(self) -> Assessment:
        if bool(self.by) == (self.from_ is not None and self.within is not None):
            message = N_("give either by, or from and within")
            raise ValueError(message)
        if self.within is not None and not self.within.always:
            message = N_("within has one edition here")
            raise ValueError(message)
        return self

    @property
    def _limits(self) -> tuple[Name, ...]:
        """The fields of which the first that is filled is the limit."""
        return (self.by,) if isinstance(self.by, str) else self.by

    @property
    def _needed(self) -> tuple[Name, ...]:
        """The fields of an examination, in the order of their marks in the text."""
        return (self.at, self.conclusion, *self.filled, self.explained)

    def lookups(self) -> dict[str, LookupTable]:
        """Return what was examined so far, as two texts, and when the first examination of all was made.

        ``|item|`` of each complete examination in time, and ``|item~state~date~marks~conclusion`` of each other one,
        sorted. So the text that is searched for every item is short.
        """
        lacks = [f"{name} IS NULL" for name in self._needed[:-1]]
        lacks.append(f"{self.conclusion} <> '{self.ordinary}' AND {self.explained} IS NULL")
        marks = ", ".join(f"CASE WHEN {lack} THEN '{_ABSENT}' ELSE '-' END" for lack in lacks)
        incomplete = " OR ".join(f"({lack})" for lack in lacks)
        if self.within is None:
            limit = _first(f"this.{name}" for name in self._limits)
        else:
            limit = f"shift(this.{self.from_}, '{self.within.editions[0].is_}')"
        state = (
            f"CASE WHEN {incomplete} THEN '{_LACKING}' WHEN {self.at} > {limit} THEN '{_LATE}' ELSE '{_IN_TIME}' END"
        )
        counts = f"{self.at} IS NULL OR {self.at} <= as_of"
        if self.from_ is not None:
            counts = f"({counts}) AND ({self.at} IS NULL OR {self.at} >= this.{self.from_})"
        rest = f"list(concat('|', {self.item}, '~', {state}, '~', {self.at}, '~', {marks}, '~', {self.conclusion}))"
        done = f"list(CASE WHEN {self.item} IS NULL THEN '|{_ANY}|' ELSE concat('|', {self.item}, '|') END)"
        texts = {
            name: LookupTable(
                record=self.of,
                on=self.on,
                where=f"({counts}) AND {state} {sign} '{_IN_TIME}'",
                take=take,
                title=_CALLED,
            )
            for name, sign, take in ((_DONE, "=", done), (_REST, "<>", rest))
        }
        since = LookupTable(record=self.of, readable=True, take=f"min({self.at})")
        return {**texts, _SINCE: since}

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        other = scope.records[self.of]
        self._check(other)
        due, begins = self._due(scope)
        in_time, reviews, code = scope.name(_DONE).sql, scope.name(_REST).sql, self.code or scope.rule.clause
        since, needed = scope.name(_SINCE), scope.moment(self.from_).sql if self.from_ else due.typed.sql

        def examined(item: str) -> exp.Expr:
            return exp.Contains(this=in_time, expression=text(f"|{item}|"))

        def held(state: str) -> exp.Expr:
            return exp.Contains(this=reviews, expression=text(f"|{code}~{state}"))

        start = f"|{code}~"
        entry = sql("SPLIT_PART(SUBSTRING(:r, STR_POSITION(:r, :s) + 1), '|', 1)", r=reviews, s=start)
        date, marks, conclusion = (sql("SPLIT_PART(:e, '~', :n)", e=entry, n=number) for number in (3, 4, 5))
        done = sql("CASE WHEN :l THEN CAST(:d AS DATE) END", l=held(_LATE), d=date)
        overdue = due.overdue(sql("COALESCE(CAST(:d AS TIMESTAMP), :n)", d=done, n=scope.as_of))
        lacking = [
            (sql("SUBSTRING(:m, :i, 1) = :a", m=marks, i=place, a=_ABSENT), other.label(name))
            for place, name in enumerate(self._needed, 1)
        ]
        codes = field_value(other, self.conclusion, reviews).codes
        facts: dict[str, Fact] = {
            "item": Label(code, code),
            "done": Typed(done, "date"),
            "due": due.typed,
            "sum": due.sum,
            "as_of": Typed(scope.as_of, "datetime"),
            "overdue": Typed(overdue, "span"),
            "begun": Typed(sql("NULLIF(:d, '')", d=date), "text"),
            "since": since,
            "conclusion": Typed(sql("NULLIF(:c, '')", c=conclusion), "text", codes=codes),
            "lacking": Listing(tuple(lacking)),
            "from": scope.called(self.from_) if self.from_ else scope.names(self._limits),
        }
        branches = (
            *begins,
            Branch(Outcome.PASS, examined(code), N_("Item {item} was examined in time.")),
            Branch(Outcome.PENDING, is_null(due.typed.sql), N_("Item {item} is not examined yet; {from} is empty.")),
            Branch(Outcome.PENDING, due.open_at(scope.as_of), N_("Item {item} is to be examined by {due} ({sum}).")),
            Branch(
                Outcome.NOT_ASSESSED,
                sql(":n < :s", n=moments.day(needed), s=since.sql),
                N_("Item {item}, due {due} ({sum}): earlier examinations may not be on file, which begin on {since}."),
            ),
            Branch(
                Outcome.NOT_ASSESSED,
                examined(_ANY),
                N_("Item {item}, due {due} ({sum}): an examination in time does not say of which item it is."),
            ),
            Branch(
                Outcome.VIOLATION,
                held(_LATE),
                N_("Item {item} was examined on {done}, due {due} ({sum}): {overdue} late."),
            ),
            Branch(
                Outcome.VIOLATION,
                held(""),
                N_("Item {item}, examined on {begun} as {conclusion}, lacks: {lacking}; due {due} ({sum})."),
            ),
            Branch(
                Outcome.VIOLATION,
                TRUE,
                N_("Item {item} was not examined; due {due} ({sum}), as of {as_of}: {overdue} overdue."),
            ),
        )
        return Judgement(branches, facts, due.typed, overdue)

    def _check(self, other: Record) -> None:
        """Refuse, each under its own key, fields of which ``lookups`` can make no text."""
        wanted: list[tuple[str, str, tuple[Type, ...]]] = [
            ("item", self.item, ("text", "integer")),
            ("at", self.at, ("date",)),
            ("conclusion", self.conclusion, ("text",)),
            *(("filled", name, ()) for name in self.filled),
            ("explained", self.explained, ()),
        ]
        for key, source, types in wanted:
            with at(f"assessment.{key}"):
                found = compile_expression(source, lambda name: field_value(other, name, column(name)))
                if types and found.type not in types:
                    raise ExpressionError(
                        _("{source!r} is {type}").format(source=source, type=found.type),
                        _("it must be {types}").format(types=" / ".join(types)),
                    )
        codes = field_value(other, self.conclusion, column(self.conclusion))
        with at("assessment.ordinary"):
            if codes.codes and not codes.open and self.ordinary not in codes.codes:
                raise ExpressionError(
                    _("{value!r} is not among the choices").format(value=self.ordinary),
                    nearest(self.ordinary, codes.codes),
                )

    def _due(self, scope: Scope) -> tuple[Due, tuple[Branch, ...]]:
        """Return the limit and the steps without which it cannot be told."""
        if self.from_ is None or self.within is None:
            empty = [is_null(scope.moment(name).sql) for name in self._limits]
            named = [
                (every([*empty[:place], negated(empty[place])]), scope.label(name))
                for place, name in enumerate(self._limits)
            ]
            due = on_record(scope, _first(self._limits))
            return replace(due, sum=Sentence("{target}", {"target": Listing(tuple(named))})), ()
        start = scope.moment(self.from_)
        due = after(scope, self.from_, start, self.within)
        begins = Branch(Outcome.NOT_ASSESSED, is_null(start.sql), N_("{from} is empty."))
        return due, (begins, *due.unknowns)


def _first(names: Iterable[str]) -> str:
    """Return the expression for the first of some names that is filled."""
    first, *rest = names
    return f"coalesce({', '.join((first, *rest))})" if rest else first
