"""``assessment``: an item of a checklist is examined in time, with conclusion, evidence and examiner."""

from __future__ import annotations

from pydantic import model_validator
from sqlglot import exp

from checker.kinds.deadline import Due, after, on_record
from checker.language import N_, Label
from checker.periods import Period
from checker.rulebook.dated import Dated
from checker.rulebook.expressions import Typed
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Listing, Outcome
from checker.rulebook.model import Name
from checker.rulebook.rule import LookupTable
from checker.rulebook.scope import Scope, field_value
from checker.sql import TRUE, every, is_null, sql

_REVIEWS = "_reviews"
_COMPLETE, _LACKING = "0", "1"
_ABSENT = "x"


class Assessment(Kind):
    """An item is examined: by a date on record, or within a period of an event.

    The examinations of all items are taken in one pass as one text, so that hundreds of items cost little more
    than one. The earliest complete examination counts.

    Attributes:
        of: The record type that holds the examinations.
        on: This record's fields, each with the field of an examination that must equal it.
        code: What an examination's ``item`` must be; the rule's clause where nothing is said.
        by: By when: a field or expression of this record; while it is empty nothing is overdue.
        from_: Instead, the field from which a period counts; earlier examinations do not count.
        within: The period.
        item: The field that says which item was examined.
        at: The field that says when.
        conclusion: The field that says with what result.
        filled: Further fields that every examination needs.
        explained: The field that a conclusion other than ``ordinary`` needs.
        ordinary: The conclusion that needs no explanation.
    """

    of: Name = "assessment"
    on: dict[Name, Name]
    code: str = ""
    by: str | None = None
    from_: Name | None = None
    within: Dated[Period] | None = None
    item: Name = "item_code"
    at: Name = "reviewed_on"
    conclusion: Name = "conclusion"
    filled: tuple[Name, ...] = ("evidence", "reviewer")
    explained: Name = "explanation"
    ordinary: str = "normal"

    @model_validator(mode="after")
    def _one_limit(self) -> Assessment:
        if (self.by is None) != (self.from_ is not None and self.within is not None):
            message = N_("give either by, or from and within")
            raise ValueError(message)
        return self

    @property
    def _needed(self) -> tuple[Name, ...]:
        """The fields of an examination, in the order of their marks in the text."""
        return (self.at, self.conclusion, *self.filled, self.explained)

    def lookups(self) -> dict[str, LookupTable]:
        """Return the one lookup: ``|item~complete~date~marks~conclusion`` of each examination, sorted."""
        other = f"{self.conclusion} <> '{self.ordinary}'"
        lacks = [f"{name} IS NULL" for name in self._needed[:-1]]
        lacks.append(f"{other} AND {self.explained} IS NULL")
        incomplete = " OR ".join(f"({lack})" for lack in lacks)
        marks = ", ".join(f"CASE WHEN {lack} THEN '{_ABSENT}' ELSE '-' END" for lack in lacks)
        take = (
            f"concat('|', {self.item}, '~', CASE WHEN {incomplete} THEN '{_LACKING}' ELSE '{_COMPLETE}' END, '~',"
            f" coalesce(concat({self.at}), ''), '~', {marks}, '~', {self.conclusion})"
        )
        since = f"{self.at} IS NULL OR {self.at} >= this.{self.from_}" if self.from_ else ""
        return {_REVIEWS: LookupTable(record=self.of, on=self.on, where=since, take=f"list({take})")}

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        other = scope.records[self.of]
        reviews, code = scope.name(_REVIEWS).sql, self.code or scope.rule.clause
        start = f"|{code}~"
        there = sql("STR_POSITION(:r, :s) > 0", r=reviews, s=start)
        complete = sql("STR_POSITION(:r, :s) > 0", r=reviews, s=start + _COMPLETE)
        entry = sql("SUBSTRING(:r, STR_POSITION(:r, :s) + :n, 80)", r=reviews, s=start, n=len(start))
        date = sql("CASE WHEN :c THEN CAST(SUBSTRING(:e, 3, 10) AS DATE) END", c=complete, e=entry)
        done = Typed(date, "date")
        due, begins = self._due(scope)
        unlimited = is_null(due.typed.sql)
        happened = sql(":d <= :n", d=date, n=scope.as_of)
        until = sql("CASE WHEN :h THEN CAST(:d AS TIMESTAMP) ELSE :n END", h=happened, d=date, n=scope.as_of)
        overdue = due.overdue(until)
        marks = _part(entry, 3)
        lacking = [
            (sql("SUBSTRING(:m, :i, 1) = :a", m=marks, i=place, a=_ABSENT), other.label(name))
            for place, name in enumerate(self._needed, 1)
        ]
        codes = field_value(other, self.conclusion, reviews).codes
        facts: dict[str, Fact] = {
            "item": Label(code, code),
            "done": done,
            "due": due.typed,
            "sum": due.sum,
            "as_of": Typed(scope.as_of, "datetime"),
            "overdue": Typed(overdue, "span"),
            "begun": Typed(sql("NULLIF(:b, '')", b=_part(entry, 2)), "text"),
            "conclusion": Typed(sql("NULLIF(:c, '')", c=_part(entry, 4)), "text", codes=codes),
            "lacking": Listing(tuple(lacking)),
        }
        kept = sql(":u OR :k", u=unlimited, k=due.kept(done))
        branches = (
            *begins,
            Branch(Outcome.PASS, every([complete, happened, kept]), "Item {item} was examined on {done}."),
            Branch(Outcome.PENDING, unlimited, "Item {item} is not examined yet; {sum} is still empty."),
            Branch(
                Outcome.PENDING,
                sql(":o AND NOT COALESCE(:h, FALSE)", o=due.open_at(scope.as_of), h=happened),
                "Item {item} is to be examined by {due} ({sum}).",
            ),
            Branch(
                Outcome.VIOLATION, happened, "Item {item} was examined on {done}, due {due} ({sum}): {overdue} late."
            ),
            Branch(
                Outcome.VIOLATION,
                there,
                "Item {item}, examined on {begun} with conclusion {conclusion}, lacks: {lacking}; due {due} ({sum}).",
            ),
            Branch(
                Outcome.VIOLATION,
                TRUE,
                "Item {item} was not examined; due {due} ({sum}), as of {as_of}: {overdue} overdue.",
            ),
        )
        return Judgement(branches, {**facts, **self._start(scope)}, due.typed, overdue)

    def _due(self, scope: Scope) -> tuple[Due, tuple[Branch, ...]]:
        """Return the limit and the steps without which it cannot be told."""
        if self.from_ is None or self.within is None:
            return on_record(scope, self.by or ""), ()
        start = scope.moment(self.from_)
        due = after(scope, self.from_, start, self.within, roll=scope.roll)
        empty = Branch(Outcome.NOT_ASSESSED, is_null(start.sql), "{from} is empty.")
        return due, (empty, Branch(Outcome.NOT_ASSESSED, is_null(due.typed.sql), due.unknown))

    def _start(self, scope: Scope) -> dict[str, Fact]:
        return {} if self.from_ is None else {"from": scope.called(self.from_)}


def _part(entry: exp.Expr, number: int) -> exp.Expr:
    """Return a part of an examination's text; the first one is number 1."""
    return sql("SPLIT_PART(SPLIT_PART(:e, '|', 1), '~', :n)", e=entry, n=number)
